// Every bound of the engine in one place, each with its reason.  Tests reach each of them.
#pragma once

#include <cstddef>
#include <cstdint>

#include "base/time.h"

namespace ike::limits {

// Messages.
inline constexpr size_t kDatagramMax = 65507;  // what UDP over IPv4 can carry
inline constexpr size_t kMessageMax = 65535;  // a reassembled message (RFC 7383 2.5.1: ours to set)
inline constexpr size_t kPayloadsMax = 64;    // payloads a message; real ones have under 20
inline constexpr size_t kProposalsMax = 64;   // proposals an SA payload (8 bit number)
inline constexpr size_t kTransformsMax = 128;       // transforms a proposal
inline constexpr size_t kTransformsPerSaMax = 512;  // and an SA payload, so that one costs little
inline constexpr size_t kAttributesMax = 16;        // attributes a transform
inline constexpr size_t kSelectorsMax = 255;        // traffic selectors a TS payload (8 bit count)
inline constexpr size_t kSelectorPairsMax = 256;    // pairs one Child SA carries after narrowing
inline constexpr size_t kNotifiesMax = 32;          // notify payloads a message
inline constexpr size_t kDeletedSpisMax = 256;      // SPIs one Delete payload may name
inline constexpr size_t kFragmentsMax = 128;        // fragments a message
inline constexpr size_t kNonceMin = 16;             // RFC 7296 2.10
inline constexpr size_t kNonceMax = 256;            // RFC 7296 2.10
inline constexpr size_t kNonceSize = 32;            // what we send
inline constexpr size_t kCookieMax = 64;            // RFC 7296 2.6
inline constexpr size_t kIdentityMax = 1024;        // octets of an ID body
inline constexpr size_t kPskMax = 1024;             // octets

// Exchanges.
inline constexpr int kSaInitRestartsMax = 3;  // cookie and group rounds an initiator follows
inline constexpr size_t kQueuedExchangesMax =
    64;  // own exchanges waiting for the window, per IKE SA
inline constexpr size_t kChildrenPerIkeSaMax = 256;  // Child SAs of one IKE SA
inline constexpr size_t kIkeSasPerLineageMax = 8;    // of one IKE SA and those that replaced it
// Kernel, keys and crypto answer within this, or the IKE SA that waits for them ends.
inline constexpr Duration kPortsAnswerWithin = seconds(60);

// Tables.
inline constexpr size_t kIkeSasMax = 250'000;        // IKE SAs a shard
inline constexpr size_t kHalfOpenMax = 4'000;        // half-open responder SAs a shard
inline constexpr size_t kHalfOpenCookieAt = 200;     // from here on a cookie is demanded
inline constexpr size_t kHalfOpenPerSourceMax = 16;  // half-open SAs per source address
inline constexpr Duration kHalfOpenLifetime =
    seconds(30);                                      // SA_INIT to the end of AUTH, as responder
inline constexpr size_t kPendingJobsMax = 1'000;      // key exchanges in the crypto pool
inline constexpr size_t kAcquiresPendingMax = 4'096;  // acquires waiting for an SA
inline constexpr size_t kPacketsHeldPerFlowMax = 16;  // packets kept while an SA is negotiated
inline constexpr size_t kPublicKeysCached = 64;       // parsed public keys a crypto provider keeps
inline constexpr size_t kPacketCiphersCached = 16;    // keyless ciphers it keeps for IKE messages

// Answers to those who have proven nothing: per second, over all sources.
inline constexpr uint32_t kUnauthenticatedNotifiesPerSecond = 50;
inline constexpr uint32_t kUnauthenticatedLogLinesPerSecond = 5;  // about garbage
inline constexpr uint32_t kUnprovenEventsPerSecond = 50;          // about handshakes
// And to a peer that has: explanations of what we refuse it, per IKE SA.
inline constexpr uint8_t kExplanationsMax = 5;
inline constexpr Duration kExplanationsAgainAfter = seconds(600);

// Replay window (RFC 4303 3.4.3): packets.
inline constexpr uint32_t kReplayWindowMax = 4096;

}  // namespace ike::limits

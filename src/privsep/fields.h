// The members of everything that crosses a process boundary, each listed once for both directions.
// A structured binding takes all members or does not compile, so none can be forgotten.
#pragma once

#include <concepts>
#include <tuple>
#include <type_traits>

#include "privsep/messages.h"

namespace ike::privsep {

template <typename T, typename Plain>
concept Of = std::same_as<std::remove_const_t<T>, Plain>;

#define IKE_FIELDS(Type, ...)     \
  template <Of<Type> T>           \
  auto fields(T& whole) {         \
    auto& [__VA_ARGS__] = whole;  \
    return std::tie(__VA_ARGS__); \
  }

// The last value of an enumeration that is closed; those of numbers.h are open.
template <typename E>
inline constexpr int kLast = -1;
template <>
inline constexpr int kLast<model::Mode> = 1;
template <>
inline constexpr int kLast<model::Evaluation> = 3;
template <>
inline constexpr int kLast<model::AuthKind> = 2;
template <>
inline constexpr int kLast<model::Direction> = 1;
template <>
inline constexpr int kLast<model::FlowAction> = 2;
template <>
inline constexpr int kLast<Family> = 2;
template <>
inline constexpr int kLast<Fault> = 6;
template <>
inline constexpr int kLast<events::Severity> = 5;
template <>
inline constexpr int kLast<Use> = 8;
template <>
inline constexpr int kLast<kernel::ResourceKind> = 9;
template <>
inline constexpr int kLast<kernel::BackendKind> = 3;

// base
IKE_FIELDS(Endpoint, address, port)
IKE_FIELDS(Prefix, address, length)
IKE_FIELDS(AddressRange, first, last)
IKE_FIELDS(Error, what, at, fault)

// model
IKE_FIELDS(model::Identity, type, data)
IKE_FIELDS(model::Origin, file, line)
IKE_FIELDS(model::Lifetime, time, bytes)
IKE_FIELDS(model::Transform, type, id, key_bits)
IKE_FIELDS(model::Proposal, number, protocol, transforms)
IKE_FIELDS(model::Suite, encr, encr_key_bits, integ, prf, ke, esn)
IKE_FIELDS(model::TrafficSelector, protocol, port_first, port_last, addresses)
IKE_FIELDS(model::SelectorPair, local, remote)
IKE_FIELDS(model::Authentication, kind, accepted)
IKE_FIELDS(model::ChildTemplate, protocol, mode, proposals, selectors, lifetime)
IKE_FIELDS(model::Features, fragmentation, vendor_id, nat_detection, force_encapsulation,
           initial_contact)
IKE_FIELDS(model::Connection, id, name, origin, evaluation, active, family, local, remote, local_id,
           remote_id, auth, ike_proposals, ike_lifetime, children, features, tag)
IKE_FIELDS(model::Global, passive, coupled, enforce_single_ike_sa, sticky_address, dpd_interval,
           ike_port, natt_port, natt_only)
IKE_FIELDS(model::Policy, connections, global)
IKE_FIELDS(model::ConnectionSecret, connection, psk)
IKE_FIELDS(model::UserSecret, name, password)
IKE_FIELDS(model::Secrets, connections, users)

// kernel
IKE_FIELDS(model::SaId, destination, spi, protocol)
IKE_FIELDS(model::SaAlgorithms, encr, encr_key_bits, integ, esn)
IKE_FIELDS(model::SaLimits, soft_time, hard_time, soft_bytes, hard_bytes)
IKE_FIELDS(model::Encapsulation, source_port, destination_port)
IKE_FIELDS(model::SaSpec, id, source, direction, reqid, mode, algorithms, encryption_key,
           integrity_key, encapsulation, selectors, limits, replay_window)
IKE_FIELDS(model::FlowSpec, reqid, selectors, action, protocol, mode, tunnel_local, tunnel_remote,
           priority)
IKE_FIELDS(model::SaCounters, id, bytes, packets, replayed, failed, since_last_use)
IKE_FIELDS(model::InstallSas, ticket, connection, sas, flows)
IKE_FIELDS(model::RemoveSas, ticket, sas, flows)
IKE_FIELDS(model::SaMove, id, source, destination, encapsulation)
IKE_FIELDS(model::MoveSas, ticket, reqid, sas, tunnel_local, tunnel_remote)
IKE_FIELDS(model::QuerySas, ticket, sas)
IKE_FIELDS(model::AllocateSpi, ticket, local, remote, protocol)
IKE_FIELDS(model::FindSource, ticket, remote)
IKE_FIELDS(model::FlushAll, ticket)
IKE_FIELDS(model::KernelAnswer, spi, source, counters)
IKE_FIELDS(model::KernelReply, ticket, result)
IKE_FIELDS(model::Acquire, reqid, packet)
IKE_FIELDS(model::Expired, id, hard)
IKE_FIELDS(model::MappingChanged, id, source)

// keys
IKE_FIELDS(model::PskMacs, ticket, connection, spi_i, spi_r, prf, our_octets, peer_octets)
IKE_FIELDS(model::SignAuth, ticket, connection, spi_i, spi_r, peer_hashes, octets)
IKE_FIELDS(model::FindPeerKey, ticket, connection, peer)
IKE_FIELDS(model::PskMacsMade, ours, peers)
IKE_FIELDS(model::AuthSigned, method, data, cert_encoding, certificate)
IKE_FIELDS(model::PeerKeyFound, spki)
IKE_FIELDS(model::KeysReply, ticket, result, detail)

// operator
IKE_FIELDS(model::SetPassive, passive)
IKE_FIELDS(model::SetCoupled, coupled)
IKE_FIELDS(model::ResetSas, established_with_delete, peer_id)
IKE_FIELDS(model::ControlRequest, ticket, command)
IKE_FIELDS(model::ChildSaReport, spi, protocol, direction, source, destination, loaded, rekeying,
           allocated_by_us, partner, algorithms, bytes, packets)
IKE_FIELDS(model::FlowReport, selectors, protocol, loaded)
IKE_FIELDS(model::IkeSaReport, spi_i, spi_r, local, remote, local_id, remote_id, state, initiator,
           natt, encapsulated, policy, origin, suite, age, children, flows)
IKE_FIELDS(model::Counter, name, value)
IKE_FIELDS(model::ControlReply, ticket, last, result, detail, sas, counters)

// events
IKE_FIELDS(events::MessageSent, spi_i, exchange, response, id, peer, local, size, natt)
IKE_FIELDS(events::MessageReceived, spi_i, exchange, response, id, peer, local, size, policy)
IKE_FIELDS(events::IkeSaEstablished, spi_i, spi_r, peer, local, peer_id, local_id, policy,
           initiator, suite)
IKE_FIELDS(events::IkeSaRekeyed, spi_i, new_spi_i, policy, suite)
IKE_FIELDS(events::IkeSaGone, spi_i, peer, policy, reason)
IKE_FIELDS(events::ChildSaEstablished, spi_i, inbound, outbound, policy, suite, local_ts, remote_ts,
           rekeyed)
IKE_FIELDS(events::ChildSaGone, spi_i, inbound, outbound, policy, reason)
IKE_FIELDS(events::NegotiationRefused, spi_i, peer, cause, explanation)
IKE_FIELDS(events::PeerMisbehaved, peer, misdeed, at, suppressed)
IKE_FIELDS(events::PortFailed, port, policy, what, detail)
IKE_FIELDS(events::PolicyLoaded, connections, added, removed, kept)
IKE_FIELDS(events::Notice, severity, text)

// parent
IKE_FIELDS(Descriptor, use, resource, local)
IKE_FIELDS(Setup, descriptors, uid, gid, invoker, verbosity, log_target, collapsed, crypto_threads,
           backend, device, device_index, vnet_header, keys_directory)
IKE_FIELDS(NewPolicy, generation, policy)
IKE_FIELDS(NewSecrets, generation, secrets, local_key, local_path, problem)
IKE_FIELDS(SetVerbosity, verbosity)
IKE_FIELDS(ReloadDone, ticket, ok, text)
IKE_FIELDS(Ready, remark)
IKE_FIELDS(Loaded, generation)
IKE_FIELDS(Fatal, text)
IKE_FIELDS(Reload, ticket, path)
IKE_FIELDS(Snapshot, policy, secrets, local_key, local_path, problem, text)
IKE_FIELDS(Unreadable, text)

#undef IKE_FIELDS

}  // namespace ike::privsep

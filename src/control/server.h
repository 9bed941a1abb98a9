// The daemon's end of the control socket, without the socket: octets in, requests out; answers in,
// octets out.
#pragma once

#include <map>
#include <optional>
#include <vector>

#include "base/strong.h"
#include "control/message.h"

namespace ike::control {

inline constexpr size_t kClientsMax = 32;
// What a client may have unread: an answer about 100,000 IKE SAs, a burst of events.  Beyond it a
// client that waits for an answer is hung up on, and a monitor misses events, which it is told.
inline constexpr size_t kAnswerBacklogMax = 64 * 1024 * 1024;
inline constexpr size_t kMonitorBacklogMax = 1024 * 1024;

using ClientId = Strong<uint64_t, struct ClientIdTag>;

class Server {
 public:
  // A request to carry out; answered by report() any number of times, then finish().
  struct Forward {
    Ticket ticket;
    Request request;  // never Monitor, which the server answers itself
  };

  // Nothing when there are kClientsMax already.  The first one that asks for nothing has to make
  // room: it is abandoned.
  std::optional<ClientId> connect();
  void disconnect(ClientId client);
  std::optional<Forward> receive(ClientId client, Bytes octets);

  // To unknown tickets: ignored, their client has gone.
  void report(Ticket ticket, Report report);
  void finish(Ticket ticket, Done done);
  // The engine's answers.
  void answer(model::ControlReply reply);
  void event(const EventRecord& record);
  bool has_monitors() const;

  // What is to be sent; valid until the next call.  sent() takes it off.
  Bytes output(ClientId client) const;
  void sent(ClientId client, size_t octets);
  // Hang up once the output is sent (or at once, when `abandoned`).
  bool closing(ClientId client) const;
  bool abandoned(ClientId client) const;
  std::vector<ClientId> clients() const;

 private:
  struct Client {
    FrameReader reader{kRequestFrameMax};
    Blob out;
    size_t out_sent = 0;
    Ticket pending;  // of the one request that may be under way
    bool monitor = false, closing = false, abandoned = false;
    uint64_t missed = 0;  // events that a monitor was too slow for

    size_t backlog() const { return out.size() - out_sent; }
  };

  std::optional<Forward> accept_request(ClientId id, Client& client, Request request);
  void send(Client& client, const Reply& reply);
  static void abandon(Client& client);
  void refuse(Client& client, std::string_view why);
  Client* find(ClientId client);
  const Client* find(ClientId client) const;
  Client* find(Ticket ticket);

  std::map<ClientId, Client> clients_;
  std::map<Ticket, ClientId> waiting_;
  uint64_t last_client_ = 0;
  uint64_t last_ticket_ = 0;
};

}  // namespace ike::control

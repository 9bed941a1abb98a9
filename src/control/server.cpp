#include "control/server.h"

#include <algorithm>
#include <iterator>

namespace ike::control {

namespace {

constexpr size_t kSasPerFrame = 32;        // some 20 KB when they are plain
constexpr size_t kCompactAt = 256 * 1024;  // sent octets kept before the rest is moved down

}  // namespace

std::optional<ClientId> Server::connect() {
  const auto stays = [](const auto& entry) { return !entry.second.abandoned; };
  if (std::ranges::count_if(clients_, stays) >= static_cast<ptrdiff_t>(kClientsMax)) {
    const auto idle = std::ranges::find_if(clients_, [&](const auto& entry) {
      return stays(entry) && !entry.second.pending && !entry.second.monitor;
    });
    if (idle == clients_.end()) return std::nullopt;
    abandon(idle->second);
  }
  const ClientId id{++last_client_};
  clients_.try_emplace(id);
  return id;
}

void Server::disconnect(ClientId client) {
  if (const Client* c = find(client)) waiting_.erase(c->pending);
  clients_.erase(client);
}

std::optional<Server::Forward> Server::receive(ClientId id, Bytes octets) {
  Client* client = find(id);
  if (client == nullptr || client->closing) return std::nullopt;
  client->reader.feed(octets);
  const auto frame = client->reader.next();
  if (!frame) {
    refuse(*client, frame.error().what);
    return std::nullopt;
  }
  if (!*frame) return std::nullopt;
  auto request = request_of(**frame);
  // One at a time: the only client we have waits for its answer.
  const bool busy = client->pending || client->monitor || client->reader.buffered() > 0;
  if (!request || busy) {
    refuse(*client, request ? "one request at a time" : request.error().what);
    return std::nullopt;
  }
  return accept_request(id, *client, *std::move(request));
}

std::optional<Server::Forward> Server::accept_request(ClientId id, Client& client,
                                                      Request request) {
  if (std::holds_alternative<Monitor>(request)) {
    client.monitor = true;
    return std::nullopt;
  }
  client.pending = Ticket{++last_ticket_};
  waiting_.emplace(client.pending, id);
  return Forward{client.pending, std::move(request)};
}

void Server::report(Ticket ticket, Report report) {
  Client* client = find(ticket);
  if (client == nullptr) return;
  Report part;
  part.counters = std::move(report.counters);
  for (model::IkeSaReport& sa : report.sas) {
    part.sas.push_back(std::move(sa));
    if (part.sas.size() == kSasPerFrame) {
      send(*client, std::exchange(part, {}));
    }
  }
  if (!part.sas.empty() || !part.counters.empty()) send(*client, part);
}

void Server::finish(Ticket ticket, Done done) {
  if (Client* client = find(ticket)) {
    client->pending = Ticket{};
    waiting_.erase(ticket);
    send(*client, done);
  }
}

void Server::answer(model::ControlReply reply) {
  report(reply.ticket, {std::move(reply.sas), std::move(reply.counters)});
  if (!reply.last) return;
  Done done{reply.result.has_value(), std::move(reply.detail)};
  if (!done.succeeded && done.text.empty()) done.text = std::string(reply.result.error().what);
  finish(reply.ticket, std::move(done));
}

void Server::event(const EventRecord& record) {
  for (auto& [id, client] : clients_) {
    if (!client.monitor || client.abandoned) continue;
    const bool had_missed = client.missed > 0;
    // Half of it empty before the first word again, or every second event would be such a word.
    if (client.backlog() > (had_missed ? kMonitorBacklogMax / 2 : kMonitorBacklogMax)) {
      ++client.missed;
      continue;
    }
    if (had_missed) {
      const events::Notice gap{events::Severity::warning,
                               std::to_string(client.missed) +
                                   " events are missing here: this monitor reads too slowly"};
      append(client.out, Reply(record_of(gap, record.unix_us)));
      client.missed = 0;
    }
    append(client.out, Reply(record));
  }
}

bool Server::has_monitors() const {
  return std::ranges::any_of(clients_, [](const auto& c) { return c.second.monitor; });
}

Bytes Server::output(ClientId client) const {
  const Client* c = find(client);
  return c == nullptr ? Bytes() : Bytes(c->out).subspan(c->out_sent);
}

void Server::sent(ClientId client, size_t octets) {
  Client* c = find(client);
  if (c == nullptr) return;
  c->out_sent += std::min(octets, c->backlog());
  if (c->backlog() == 0) {
    c->out = Blob();
    c->out_sent = 0;
  } else if (c->out_sent >= kCompactAt && c->out_sent >= c->backlog()) {
    c->out.erase(c->out.begin(), c->out.begin() + static_cast<ptrdiff_t>(c->out_sent));
    c->out_sent = 0;
  }
}

bool Server::closing(ClientId client) const {
  const Client* c = find(client);
  return c == nullptr || (c->closing && c->backlog() == 0) || c->abandoned;
}

bool Server::abandoned(ClientId client) const {
  const Client* c = find(client);
  return c == nullptr || c->abandoned;
}

std::vector<ClientId> Server::clients() const {
  std::vector<ClientId> ids;
  ids.reserve(clients_.size());
  for (const auto& entry : clients_) ids.push_back(entry.first);
  return ids;
}

// A client that does not read may not make us grow.
void Server::send(Client& client, const Reply& reply) {
  if (client.abandoned) return;
  append(client.out, reply);
  if (client.backlog() > kAnswerBacklogMax) abandon(client);
}

void Server::abandon(Client& client) {
  client.abandoned = true;
  client.out = Blob();
  client.out_sent = 0;
}

void Server::refuse(Client& client, std::string_view why) {
  waiting_.erase(client.pending);
  client.pending = Ticket{};
  client.monitor = false;
  send(client, Done{false, std::string(why)});
  client.closing = true;
}

Server::Client* Server::find(ClientId client) {
  const auto found = clients_.find(client);
  return found == clients_.end() ? nullptr : &found->second;
}

const Server::Client* Server::find(ClientId client) const {
  const auto found = clients_.find(client);
  return found == clients_.end() ? nullptr : &found->second;
}

Server::Client* Server::find(Ticket ticket) {
  const auto found = waiting_.find(ticket);
  return found == waiting_.end() ? nullptr : find(found->second);
}

}  // namespace ike::control

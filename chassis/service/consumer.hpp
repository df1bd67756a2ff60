#pragma once
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "chassis/base/faults.hpp"
#include "chassis/messaging/destination.hpp"
#include "chassis/service/consumer_probe.hpp"
#include "chassis/service/submission.hpp"
#include "chassis/service/writer.hpp"
#include "chassis/telemetry/telemetry.hpp"

namespace waybill::service {

/// Turns a message into the service's command; nothing: the service has no use for this one.
template <class D>
using CommandOf =
    std::function<Result<std::optional<typename D::Command>>(const messaging::Message&)>;

/// A service's consumer: decodes what a relay delivers and puts it to the writer, whose commit
/// takes it (`messaging.md`, "Taking, parking, retry, dead letters").
template <class D>
class Consumer final : public messaging::Destination, public Redelivery {
 public:
    Consumer(Env& env, Writer<D>& writer, WriterCore& core, telemetry::Telemetry& telemetry,
             std::string name, std::vector<std::string> event_types, CommandOf<D> command_of)
        : env_(env),
          writer_(writer),
          core_(core),
          name_(std::move(name)),
          event_types_(std::move(event_types)),
          command_of_(std::move(command_of)),
          probe_(env, telemetry, name_) {}

    std::string_view name() const override { return name_; }
    bool wants(std::string_view event_type) const override {
        for (const auto& type : event_types_)
            if (type == event_type) return true;
        return false;
    }
    void deliver(std::vector<messaging::OutboxEntry> batch, std::size_t destination,
                 messaging::Acknowledgements& acks) override {
        for (auto& entry : batch) {
            if (faults::planted(faults::Bug::ack_before_commit))
                acks.taken(destination, std::span(&entry.id, 1));
            // Refused only while the service stops: the row stays, and the next start has it.
            put(entry.message, 0, [id = entry.id, destination, &acks](const Completion& end) {
                if (end.kind == Completion::Kind::failed) return;
                faults::crash_point("before_ack");
                acks.taken(destination, std::span(&id, 1));
            });
        }
    }
    bool redeliver(const messaging::DeliveryRow& row, std::function<void()> done) override;

    /// Puts one message to the writer; `done` runs on the writer's thread. False when the
    /// writer is stopping.
    bool put(messaging::MessagePtr message, std::int64_t delivery_id,
             std::function<void(const Completion&)> done);

 private:
    /// A message that cannot be carried out still needs a command's place in the batch.
    class Dead final : public Submission {
     public:
        explicit Dead(std::function<void(const Completion&)> done) : done_(std::move(done)) {}
        void complete(Completion completion) override { done_(completion); }
        std::string_view name() const override { return "TakeUnreadable"; }

     private:
        std::function<void(const Completion&)> done_;
    };
    bool put_dead(TakenMessage taken, Cause cause, std::function<void(const Completion&)> done);

    Env& env_;
    Writer<D>& writer_;
    WriterCore& core_;
    std::string name_;
    std::vector<std::string> event_types_;
    CommandOf<D> command_of_;
    ConsumerProbe probe_;
};

template <class D>
bool Consumer<D>::put(messaging::MessagePtr message, std::int64_t delivery_id,
                      std::function<void(const Completion&)> done) {
    const TraceContext process = probe_.arrived(*message);
    const Timestamp arrived_at = env_.now();
    TakenMessage taken{message, delivery_id, {}, {}};
    Cause cause = cause_of(*message, name_, process);
    auto ended = [this, message, process, arrived_at,
                  done = std::move(done)](const Completion& end) {
        probe_.ended(*message, process, arrived_at, end);
        if (done) done(end);
    };
    auto command = command_of_(*message);
    if (command && *command)
        return writer_
            .tell(std::move(**command), std::move(cause), std::move(taken), std::move(ended))
            .has_value();
    taken.dead_reason = command ? "no_handler" : "unreadable";
    taken.fault = command ? "no handler for " + message->meta.type : command.error().detail;
    if (!command)
        for (const auto& fault : command.error().faults)
            taken.fault += "; " + fault.pointer + " " + fault.message;
    return put_dead(std::move(taken), std::move(cause), std::move(ended));
}

template <class D>
bool Consumer<D>::put_dead(TakenMessage taken, Cause cause,
                           std::function<void(const Completion&)> done) {
    auto dead = std::make_unique<Dead>(std::move(done));
    dead->lane = Lane::told;
    dead->cause = std::move(cause);
    dead->taken = std::move(taken);
    return core_.enqueue(std::move(dead)).has_value();
}

template <class D>
bool Consumer<D>::redeliver(const messaging::DeliveryRow& row, std::function<void()> done) {
    auto message = message_of(row);
    auto ended = [done = std::move(done)](const Completion&) { done(); };
    if (message) return put(std::move(*message), row.id, std::move(ended));
    auto broken = std::make_shared<messaging::Message>();
    broken->meta.event_id = row.message_id;
    broken->meta.type = row.message_type;
    return put_dead({std::move(broken), row.id, "unreadable", message.error().detail}, {},
                    std::move(ended));
}

}  // namespace waybill::service

#include "chassis/service/consumer_probe.hpp"

#include <fmt/format.h>

#include "chassis/messaging/envelope.hpp"

namespace waybill::service {
namespace {

double seconds(Duration time) {
    return std::chrono::duration<double>(time).count();
}

}  // namespace

ConsumerProbe::ConsumerProbe(Env& env, telemetry::Telemetry& telemetry, std::string consumer)
    : env_(env), telemetry_(telemetry), consumer_(std::move(consumer)) {
    auto& meter = telemetry.meter();
    process_duration_ =
        meter.histogram("messaging.process.duration", {{"messaging.operation.name", "process"},
                                                       {"messaging.system", "waybill"},
                                                       {"messaging.destination.name", consumer_}});
    event_age_ = meter.histogram("waybill.event.age", {{"messaging.destination.name", consumer_}});
    consumed_ = meter.counter("messaging.client.consumed.messages",
                              {{"messaging.operation.name", "process"},
                               {"messaging.system", "waybill"},
                               {"messaging.destination.name", consumer_}});
    duplicate_ =
        meter.counter("waybill.inbox.duplicate", {{"messaging.destination.name", consumer_}});
    dead_ = meter.counter("waybill.queue.dead_letter", {{"messaging.destination.name", consumer_}});
}

TraceContext ConsumerProbe::arrived(const messaging::Message& message) {
    event_age_.record(seconds(env_.now() - message.meta.occurred_at));
    const auto parent = TraceContext::parse(message.meta.traceparent).value_or(TraceContext{});
    return telemetry_.tracer().fresh_context(parent);
}

void ConsumerProbe::ended(const messaging::Message& message, const TraceContext& process,
                          Timestamp arrived_at, const Completion& completion) {
    const Timestamp now = env_.now();
    process_duration_.record(seconds(now - arrived_at), process);
    consumed_.add();
    if (completion.kind == Completion::Kind::replayed) duplicate_.add();
    const auto parent = TraceContext::parse(message.meta.traceparent).value_or(TraceContext{});
    auto span = telemetry_.tracer().start_as(
        process, fmt::format("process Waybill.Contracts:{}:{}", message.meta.type, consumer_),
        telemetry::Kind::consumer, parent, arrived_at);
    span.set("messaging.system", "waybill")
        .set("messaging.operation.name", "process")
        .set("messaging.destination.name", consumer_)
        .set("messaging.message.id", message.meta.event_id.to_string())
        .set("waybill.event.type", message.meta.type)
        .link(parent);
    if (completion.kind == Completion::Kind::failed) span.fail("not_taken");
    if (completion.kind == Completion::Kind::nothing && completion.reason == "failed")
        span.fail("handler_failed");
    span.end_at(now);
}

Cause cause_of(const messaging::Message& message, std::string_view service,
               const TraceContext& process) {
    Cause cause;
    cause.actor = {fmt::format("system:{}", service), "waybill"};
    cause.trace = process;
    cause.tracestate = message.meta.tracestate;
    cause.baggage = message.meta.baggage;
    cause.correlation_id = message.meta.correlation_id;
    cause.causation_id = message.meta.event_id;
    return cause;
}

Result<messaging::MessagePtr> message_of(const messaging::DeliveryRow& row) {
    auto message = messaging::from_envelope(row.body);
    if (!message) return tl::unexpected(std::move(message.error()));
    message->meta.event_id = row.message_id;
    return std::make_shared<const messaging::Message>(std::move(*message));
}

}  // namespace waybill::service

#pragma once
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "chassis/service/consumer.hpp"
#include "chassis/service/service.hpp"
#include "chassis/service/writer.hpp"

namespace waybill::service {

/// What a service says of itself to the frame, beside its domain D (`domain_of.hpp`).
template <class D>
struct Definition {
    std::string name;
    /// The first begins with frame_schema() (`tables.hpp`).
    std::vector<sql::Migration> migrations;
    std::vector<std::string> consumes;  ///< event types
    CommandOf<D> command_of;
    /// The command of a passed deadline; empty: no aggregate has one.
    std::function<typename D::Command(const Uuid&)> deadline_passed = {};
    EventObserver<D> observer = {};
    /// Topics for streams beside the aggregate: `user:<sub>`.
    std::function<std::vector<std::string>(const messaging::Message&)> topics = {};
    /// Looks at the database when its schema is up to date, before anything is written.
    std::function<sql::Status(sql::Session&)> opened = {};
    bool keeps_inbox = true;  ///< see TakingRules
    bool dead_blocks = false;
};

/// A whole service: the frame around a domain.
template <class D>
class ServiceOf final : public Service {
 public:
    ServiceOf(const Host& host, Definition<D> definition)
        : ServiceOf(host, std::make_unique<DomainOf<D>>(), std::move(definition)) {}
    ~ServiceOf() override {
        stop_intake();
        stop_writing();
    }
    Writer<D>& writer() { return writer_; }
    messaging::Destination& consumer() override { return consumer_; }
    bool put(messaging::MessagePtr message, std::function<void(const Completion&)> done) override {
        return consumer_.put(std::move(message), 0, std::move(done));
    }
    /// Keeps the service's handlers as long as the service.
    template <class H>
    H& keep(std::unique_ptr<H> handlers) {
        H& kept = *handlers;
        handlers_ = std::shared_ptr<void>(std::move(handlers));
        return kept;
    }

 protected:
    bool pass_deadline(const Uuid& id, std::function<void()> done) override {
        if (!deadline_passed_) return false;
        Cause cause;
        cause.actor = {"system:" + name(), "waybill"};
        return writer_
            .tell(deadline_passed_(id), std::move(cause), std::nullopt,
                  [done = std::move(done)](const Completion&) { done(); })
            .has_value();
    }
    sql::Status opened(sql::Session& session) override {
        return opened_ ? opened_(session) : sql::Status();
    }
    Redelivery* redelivery() override { return &consumer_; }
    std::vector<std::string> topics_of(const messaging::Message& message) override {
        return topics_ ? topics_(message) : std::vector<std::string>();
    }

 private:
    ServiceOf(const Host& host, std::unique_ptr<DomainOf<D>> domain, Definition<D> definition)
        : Service(host, definition.name, std::move(definition.migrations),
                  {definition.name,
                   definition.name,
                   definition.keeps_inbox,
                   definition.dead_blocks,
                   {}},
                  *domain),
          domain_(std::move(domain)),
          writer_(host.env, core(), std::move(definition.observer)),
          consumer_(host.env, writer_, core(), host.telemetry, definition.name,
                    std::move(definition.consumes), std::move(definition.command_of)),
          deadline_passed_(std::move(definition.deadline_passed)),
          topics_(std::move(definition.topics)),
          opened_(std::move(definition.opened)) {}

    std::unique_ptr<DomainOf<D>> domain_;
    Writer<D> writer_;
    Consumer<D> consumer_;
    std::function<typename D::Command(const Uuid&)> deadline_passed_;
    std::function<std::vector<std::string>(const messaging::Message&)> topics_;
    std::function<sql::Status(sql::Session&)> opened_;
    std::shared_ptr<void> handlers_;  // type-erased owner of the service's handlers
};

}  // namespace waybill::service

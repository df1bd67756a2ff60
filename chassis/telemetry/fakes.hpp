#pragma once
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "chassis/runtime/virtual_env.hpp"
#include "chassis/telemetry/message_fake.hpp"
#include "chassis/telemetry/pipeline.hpp"
#include "chassis/telemetry/sink.hpp"

/// Shipped for tests: sinks that keep what they get.
namespace waybill::telemetry::testing {

/// Keeps spans as their own bytes.
class KeepingSpanSink final : public SpanSink {
 public:
    std::string_view component_type() const override { return "keeping_span_exporter"; }
    void spans(std::span<const EncodedSpan> batch) override {
        std::lock_guard lock(mutex_);
        for (const auto& span : batch) kept_.emplace_back(span.bytes);
    }
    std::vector<Message> messages() const {
        std::lock_guard lock(mutex_);
        std::vector<Message> all;
        for (const auto& bytes : kept_) all.emplace_back(bytes);
        return all;
    }

 private:
    mutable std::mutex mutex_;
    std::vector<std::string> kept_;
};

class KeepingLogSink final : public LogSink {
 public:
    std::string_view component_type() const override { return "keeping_log_exporter"; }
    void logs(std::span<const EncodedLog> batch) override {
        std::lock_guard lock(mutex_);
        for (const auto& log : batch) kept_.emplace_back(log.bytes);
    }
    std::vector<Message> messages() const {
        std::lock_guard lock(mutex_);
        std::vector<Message> all;
        for (const auto& bytes : kept_) all.emplace_back(bytes);
        return all;
    }

 private:
    mutable std::mutex mutex_;
    std::vector<std::string> kept_;
};

/// A pipeline in virtual time that keeps everything and prints nothing.
struct Rig {
    explicit Rig(PipelineOptions options = {})
        : env(VirtualEnv::create(7, start)), pipeline(*env, with_sinks(std::move(options))) {}

    static constexpr Timestamp start{1'795'000'000'000'000};  // in November 2026
    std::unique_ptr<VirtualEnv> env;
    KeepingSpanSink spans;
    KeepingLogSink logs;
    Pipeline pipeline;

 private:
    PipelineOptions with_sinks(PipelineOptions options) {
        options.identity.version = "1.2.3";
        options.identity.instance_id = "0193a1b2-c3d4-4000-8000-000000000001";
        options.process_metrics = false;
        options.log_fd = -1;
        options.span_sinks = {&spans};
        options.log_sinks = {&logs};
        return options;
    }
};

}  // namespace waybill::telemetry::testing

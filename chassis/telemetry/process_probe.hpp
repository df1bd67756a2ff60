#pragma once
#include <cstdint>
#include <vector>

#include "chassis/runtime/env.hpp"
#include "chassis/telemetry/metrics.hpp"

namespace waybill::telemetry {

/// What the kernel says of this process.
struct ProcessFacts {
    double cpu_user_s = 0;
    double cpu_system_s = 0;
    std::int64_t memory_bytes = 0;  ///< resident
    std::int64_t memory_virtual_bytes = 0;
    std::int64_t threads = 0;
    std::int64_t open_files = 0;
    std::int64_t open_files_limit = 0;
    std::int64_t switches_voluntary = 0;
    std::int64_t switches_involuntary = 0;
    std::int64_t faults_minor = 0;
    std::int64_t faults_major = 0;
    std::int64_t read_bytes = 0;  ///< from and to storage
    std::int64_t written_bytes = 0;
};
ProcessFacts read_process_facts();

/// The `process.*` metrics, read at collection (once for all of them). Outlives collections.
class ProcessProbe {
 public:
    ProcessProbe(Env& env, Meter& meter);

 private:
    const ProcessFacts& facts();
    void observe_usage(Meter& meter);
    void observe_counts(Meter& meter);

    Env& env_;
    MonoTime started_;
    MonoTime read_at_{-1};
    ProcessFacts facts_;
};

}  // namespace waybill::telemetry

#pragma once
#include <memory>
#include <utility>

#include "chassis/runtime/async.hpp"
#include "chassis/service/domain_port.hpp"
#include "chassis/service/writer_core.hpp"

namespace waybill::service {

/// Frame work that a coroutine waits for.
class AwaitedWork : public FrameWork {
 public:
    void complete(Completion completion) override {
        if (completion.error)
            done->set(tl::unexpected(std::move(*completion.error)));
        else
            done->set(std::move(completion));
    }
    // Shared with the coroutine that waits, which may give up first.
    std::shared_ptr<OneShot<Result<Completion>>> done =
        std::make_shared<OneShot<Result<Completion>>>();
};

/// Puts `work` to the writer and resumes after its commit.
Task<Result<Completion>> run_work(Env& env, WriterCore& core, std::unique_ptr<AwaitedWork> work,
                                  Deadline deadline);

}  // namespace waybill::service

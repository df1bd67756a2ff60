#pragma once
#include <cstdint>
#include <string_view>

#include "chassis/runtime/env.hpp"

namespace waybill::app {

/// How far a long command is, on standard error: a line that changes on a terminal, else a plain
/// line every ten seconds.
class ProgressLine {
 public:
    explicit ProgressLine(Env& env);
    ~ProgressLine();  ///< wipes it
    ProgressLine(const ProgressLine&) = delete;
    ProgressLine& operator=(const ProgressLine&) = delete;

    void show(std::string_view what, std::uint64_t count);

 private:
    Env& env_;
    bool terminal_;
    bool shown_ = false;
    MonoTime last_{};
};

}  // namespace waybill::app

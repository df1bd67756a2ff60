#pragma once
#include <cstdio>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "app/load/calls.hpp"
#include "app/load/outcome.hpp"
#include "chassis/base/error.hpp"

namespace waybill::load {

/// Every attempt as a line of JSON, for `waybill check --history`: what was asked under which
/// idempotency key, and what came back. Thread-safe.
class History {
 public:
    /// Begins the file anew.
    static Result<std::unique_ptr<History>> create(const std::string& path);

    /// One attempt that was sent at `at` for `customer`; `body`: the answer's.
    void write(Timestamp at, std::string_view customer, const Call& call, const Verdict& verdict,
               std::string_view body);
    /// Everything is in the file; an error when it could not be written whole.
    Status close();

 private:
    struct Close {
        void operator()(std::FILE* file) const { std::fclose(file); }
    };
    History(std::string path, std::FILE* file) : path_(std::move(path)), file_(file) {}

    const std::string path_;
    std::mutex mutex_;
    std::unique_ptr<std::FILE, Close> file_;
    bool broken_ = false;
};

/// The line without its end.
std::string history_line(Timestamp at, std::string_view customer, const Call& call,
                         const Verdict& verdict, std::string_view body);

}  // namespace waybill::load

#pragma once
#include <memory>
#include <string>

#include "chassis/runtime/virtual_env.hpp"
#include "chassis/sql/sqlite.hpp"
#include "tests/simulation/machine.hpp"

namespace waybill::simulation {

/// A machine's database as somebody from outside reads it, beside the process that uses it. While
/// it exists the machine's disk does no harm; nothing may run meanwhile.
class Books {
 public:
    explicit Books(Machine& machine);
    ~Books();
    Books(const Books&) = delete;
    Books& operator=(const Books&) = delete;

    /// Empty: it could be opened.
    const std::string& fault() const { return fault_; }
    sql::Session& session() { return *session_; }
    /// The one number that a query gives; -1 when it fails.
    std::int64_t number(std::string_view query);

 private:
    Machine& machine_;
    std::unique_ptr<VirtualEnv> env_;
    DiskProcess process_;
    std::unique_ptr<sql::SqliteDatabase> database_;
    std::unique_ptr<sql::Session> session_;
    std::string fault_;
};

}  // namespace waybill::simulation

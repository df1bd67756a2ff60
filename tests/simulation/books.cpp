#include "tests/simulation/books.hpp"

namespace waybill::simulation {

Books::Books(Machine& machine)
    : machine_(machine),
      env_(VirtualEnv::create(1, world_start)),
      process_(machine.disk(), machine.name() + "-books") {
    machine_.set_observed(true);
    auto database =
        sql::SqliteDatabase::open(*env_, {.path = machine.name() + ".db", .vfs = process_.vfs()});
    if (!database) {
        fault_ = database.error().message;
        return;
    }
    database_ = std::move(*database);
    auto session = database_->open_reader();
    if (session)
        session_ = std::move(*session);
    else
        fault_ = session.error().message;
}

Books::~Books() {
    session_.reset();
    database_.reset();
    machine_.set_observed(false);
}

std::int64_t Books::number(std::string_view query) {
    const auto rows = session_->query(query, {});
    if (!rows || rows->empty() || sql::is_null(rows->row(0)[0])) return -1;
    return sql::as_int(rows->row(0)[0]);
}

}  // namespace waybill::simulation

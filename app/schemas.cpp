#include "app/schemas.hpp"

#include <algorithm>

#include "services/audit/shapes.hpp"
#include "services/identity/session_store.hpp"
#include "services/inventory/store.hpp"
#include "services/notifications/shapes.hpp"
#include "services/orders/store.hpp"

namespace waybill::app {
namespace {

std::vector<sql::Migration> listed(std::span<const sql::Migration> steps) {
    return {steps.begin(), steps.end()};
}

}  // namespace

std::vector<Schema> schemas_of(const Config& config) {
    std::vector<Schema> all{{"identity", listed(identity::session_migrations())},
                            {"inventory", inventory::migrations()},
                            {"orders", orders::migrations()},
                            {"notifications", listed(notifications::migrations())},
                            {"audit", listed(audit::migrations())}};
    const auto asked = config.list("services");
    if (asked.empty() || asked.front() == "all") return all;
    std::erase_if(all, [&](const Schema& schema) {
        return std::find(asked.begin(), asked.end(), schema.service) == asked.end();
    });
    return all;
}

std::string database_file(const sql::DataFolder& folder, const std::string& service) {
    return folder.file(service + ".db");
}

Result<std::unique_ptr<sql::SqliteDatabase>> open_file(Env& env, const std::string& file) {
    sql::SqliteOptions options;
    options.path = file;
    auto opened = sql::SqliteDatabase::open(env, std::move(options));
    if (!opened) return fail(Problem::unavailable, opened.error().message);
    return std::move(*opened);
}

}  // namespace waybill::app

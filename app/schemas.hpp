#pragma once
#include <string>
#include <vector>

#include "app/config.hpp"
#include "chassis/sql/data_folder.hpp"
#include "chassis/sql/migrations.hpp"
#include "chassis/sql/sqlite.hpp"

namespace waybill::app {

/// The schema of one service.
struct Schema {
    std::string service;
    std::vector<sql::Migration> steps;
};

/// Of the services that this configuration runs in one process, in the order of their start.
std::vector<Schema> schemas_of(const Config& config);

/// The file of a service's database in the folder.
std::string database_file(const sql::DataFolder& folder, const std::string& service);

/// Opens the file, which is made when there is none. The error names it.
Result<std::unique_ptr<sql::SqliteDatabase>> open_file(Env& env, const std::string& file);

}  // namespace waybill::app

#include <fmt/format.h>
#include <unistd.h>

#include <filesystem>

#include "app/doctor.hpp"
#include "app/schemas.hpp"

namespace waybill::app {
namespace {

constexpr std::uintmax_t free_bytes_min = std::uintmax_t{64} << 20U;

/// The folder itself, or the nearest one above it that exists.
std::filesystem::path existing_part(std::filesystem::path path) {
    std::error_code problem;
    path = std::filesystem::absolute(path, problem);
    while (!std::filesystem::exists(path, problem) && path.has_parent_path() &&
           path != path.parent_path())
        path = path.parent_path();
    return path;
}

void check_space(const std::filesystem::path& folder, Findings& findings) {
    std::error_code problem;
    const auto space = std::filesystem::space(folder, problem);
    const bool good = !problem && space.available >= free_bytes_min;
    findings.push_back(
        {good, "disk",
         good ? fmt::format("{} MiB free", space.available >> 20U)
              : fmt::format("{} MiB free in {}; below 64 MiB no orders are accepted: make room",
                            problem ? 0 : space.available >> 20U, folder.string())});
}

void check_schema(Env& env, const sql::DataFolder& folder, const Schema& schema,
                  Findings& findings) {
    const std::string part = "schema " + schema.service;
    const std::string file = database_file(folder, schema.service);
    if (!std::filesystem::exists(file)) {
        findings.push_back({true, part, "not made yet: the first start makes it"});
        return;
    }
    auto database = open_file(env, file);
    if (!database) return findings.push_back({false, part, database.error().detail});
    auto session = (*database)->open_writer();
    if (!session) return findings.push_back({false, part, session.error().message});
    auto steps = sql::pending(**session, schema.steps);
    if (!steps) return findings.push_back({false, part, steps.error().detail});
    findings.push_back(
        {true, part,
         steps->empty() ? fmt::format("version {}, up to date", schema.steps.size())
                        : fmt::format("{} steps to version {} wait: the next start applies them, "
                                      "or `waybill migrate`",
                                      steps->size(), schema.steps.size())});
}

}  // namespace

void check_data(const Config& config, Env& env, Findings& findings) {
    const std::string& path = config.text("data.folder");
    const auto existing = existing_part(path);
    const bool writable = access(existing.c_str(), W_OK | X_OK) == 0;
    std::error_code problem;
    const bool there = std::filesystem::is_directory(path, problem);
    if (!writable)
        findings.push_back({false, "data folder",
                            fmt::format("{} cannot be written to: give it to this user, or name "
                                        "another with --data",
                                        existing.string())});
    else if (!there)
        findings.push_back(
            {true, "data folder", path + " is not there yet: the first start makes it"});
    if (writable) check_space(existing, findings);
    if (!writable || !there) return;
    const auto folder = sql::DataFolder::open(path);
    if (!folder) {
        constexpr std::string_view sign = "is in use by ";
        const std::string& why = folder.error().detail;
        const auto at = why.find(sign);
        const bool in_use = at != std::string::npos;
        const std::string what = in_use ? why.substr(at, why.find(';') - at) : why;
        findings.push_back({in_use, "data folder", in_use ? path + " " + what : what});
        return;
    }
    findings.push_back({true, "data folder", path + " is writable and free"});
    for (const auto& schema : schemas_of(config)) check_schema(env, *folder, schema, findings);
}

}  // namespace waybill::app

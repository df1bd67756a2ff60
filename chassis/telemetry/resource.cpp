#include "chassis/telemetry/resource.hpp"

#include <sys/utsname.h>
#include <unistd.h>

#include <algorithm>
#include <array>

#include "chassis/base/hex.hpp"
#include "chassis/telemetry/names.hpp"

namespace waybill::telemetry {
namespace {

std::string architecture(std::string_view machine) {
    if (machine == "x86_64") return "amd64";
    if (machine == "aarch64") return "arm64";
    return std::string(machine);
}

std::string_view without_spaces(std::string_view text) {
    const auto first = text.find_first_not_of(" \t");
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

std::string percent_decoded(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        std::array<std::uint8_t, 1> byte{};
        if (text[i] == '%' && hex::read(text.substr(i + 1, 2), byte)) {
            out.push_back(static_cast<char>(byte[0]));
            i += 2;
        } else {
            out.push_back(text[i]);
        }
    }
    return out;
}

}  // namespace

Resource make_resource(const Identity& identity, std::string_view service_name, Timestamp started) {
    utsname machine{};
    ::uname(&machine);
    Resource made{std::string(service_name), {}};
    const auto add = [&](std::string_view name, Resource::Value value) {
        made.attributes.emplace_back(name, std::move(value));
    };
    add(attribute::service_name, made.service_name);
    add(attribute::service_namespace, identity.service_namespace);
    add(attribute::service_version, identity.version);
    add(attribute::service_instance_id, identity.instance_id);
    add(attribute::deployment_environment_name, identity.environment);
    add(attribute::telemetry_sdk_name, "waybill");
    add(attribute::telemetry_sdk_language, "cpp");
    add(attribute::telemetry_sdk_version, identity.version);
    add(attribute::host_name, std::string(machine.nodename));
    add(attribute::host_arch, architecture(machine.machine));
    add(attribute::os_type, "linux");
    add(attribute::process_pid, std::int64_t{::getpid()});
    add(attribute::process_creation_time, started.to_string());
    for (const auto& [name, value] : identity.further) {
        const bool known = std::any_of(made.attributes.begin(), made.attributes.end(),
                                       [&](const auto& held) { return held.first == name; });
        if (!known) add(name, value);
    }
    return made;
}

std::vector<std::pair<std::string, std::string>> parse_resource_attributes(std::string_view text) {
    std::vector<std::pair<std::string, std::string>> out;
    while (!text.empty()) {
        const auto comma = std::min(text.find(','), text.size());
        const std::string_view member = text.substr(0, comma);
        text.remove_prefix(std::min(comma + 1, text.size()));
        const auto equals = member.find('=');
        if (equals == std::string_view::npos) continue;
        const std::string_view name = without_spaces(member.substr(0, equals));
        if (!name.empty())
            out.emplace_back(name, percent_decoded(without_spaces(member.substr(equals + 1))));
    }
    return out;
}

}  // namespace waybill::telemetry

#include "tests/simulation/fault_plan.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "tests/simulation/platform.hpp"

namespace waybill::simulation {
namespace {

constexpr std::uint64_t plan_stream = 7;
constexpr std::int64_t faults_min = 10;
constexpr std::int64_t faults_max = 26;

struct Range {
    std::int64_t least, most;
};
struct Form {
    FaultKind kind;
    std::uint64_t weight;
    bool services_only;
    Range length_ms;
    Range size;
};

constexpr std::array forms{
    Form{FaultKind::crash, 12, false, {50, 9'000}, {}},
    Form{FaultKind::crash_all, 2, false, {50, 2'000}, {}},
    Form{FaultKind::crash_statement, 8, true, {50, 2'000}, {}},
    Form{FaultKind::crash_commit, 6, true, {50, 2'000}, {}},
    Form{FaultKind::crash_answer, 8, true, {50, 2'000}, {}},
    Form{FaultKind::crash_write, 6, true, {50, 2'000}, {1, 60}},
    Form{FaultKind::power, 4, true, {50, 4'000}, {}},
    Form{FaultKind::power_write, 8, true, {50, 3'000}, {1, 80}},
    Form{FaultKind::power_all, 2, false, {50, 2'000}, {}},
    Form{FaultKind::stop, 5, true, {50, 1'000}, {}},
    Form{FaultKind::serialization, 7, true, {1'000, 8'000}, {5, 120}},
    Form{FaultKind::lost_connection, 5, true, {500, 4'000}, {5, 60}},
    Form{FaultKind::unknown_commit, 8, true, {1'000, 6'000}, {50, 400}},
    Form{FaultKind::slow_database, 6, true, {1'000, 6'000}, {20, 700}},
    Form{FaultKind::disk_full, 5, true, {1'000, 5'000}, {0, 200}},
    Form{FaultKind::disk_errors, 3, true, {200, 1'500}, {1, 30}},
    Form{FaultKind::clock, 6, false, {1'000, 10'000}, {-240, 40}},
    Form{FaultKind::network, 12, false, {1'000, 8'000}, {20, 300}},
    Form{FaultKind::bus, 12, false, {1'000, 10'000}, {20, 400}},
    Form{FaultKind::key, 3, false, {100, 1'000}, {}},
    Form{FaultKind::poison, 4, true, {}, {0, 1}},
};

const Form& draw_form(Random& random) {
    std::uint64_t all = 0;
    for (const Form& form : forms) all += form.weight;
    std::uint64_t at = random.below(all);
    for (const Form& form : forms) {
        if (at < form.weight) return form;
        at -= form.weight;
    }
    return forms.front();
}

}  // namespace

std::string describe(const Fault& fault) {
    return fmt::format("{:.3f} s {} (machine {}, {:.3f} s, size {})",
                       static_cast<double>(fault.at.count()) / 1e6,
                       fault_names[static_cast<std::size_t>(fault.kind)], fault.machine,
                       static_cast<double>(fault.length.count()) / 1e6, fault.size);
}

std::vector<Fault> draw_plan(std::uint64_t seed, Duration trouble) {
    Random random(seed, plan_stream);
    std::vector<Fault> plan(static_cast<std::size_t>(random.between(faults_min, faults_max)));
    for (Fault& fault : plan) {
        const Form& form = draw_form(random);
        fault.kind = form.kind;
        fault.at = random.between(Duration(0), trouble);
        fault.machine =
            random.below(form.services_only ? service_names.size() : service_names.size() + 2);
        fault.length =
            std::chrono::milliseconds(random.between(form.length_ms.least, form.length_ms.most));
        fault.size = random.between(form.size.least, form.size.most);
    }
    std::ranges::sort(plan, {}, &Fault::at);
    return plan;
}

}  // namespace waybill::simulation

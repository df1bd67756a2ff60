#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "app/load/mix.hpp"
#include "app/load/plan.hpp"
#include "app/load/retry.hpp"
#include "app/load/slo.hpp"

namespace CLI {
class App;
}

namespace waybill::app {

/// What `waybill load` was asked for, beside where and who.
struct LoadCli {
    load::Wish wish;
    bool rate_given = false;
    load::Mix mix;
    std::string mix_text{load::Mix::standard};
    bool mix_given = false;
    std::string path;  ///< --get; empty: the mix
    load::Arrivals arrivals = load::Arrivals::constant;
    load::Retry retry = load::Retry::none;
    std::string retry_text = "none";
    std::string arrivals_text = "constant";
    std::vector<load::Objective> objectives;
    Duration timeout = std::chrono::seconds(5);
    std::size_t connections = 256;
    std::size_t threads = 1;
    std::size_t customers = 2;
    std::size_t products = 20;
    std::uint64_t seed = 1;
    std::string json_file;  ///< `-`: standard output, instead of the text
    std::string history_file;
    std::string operator_token_file;

    /// What does not go together, in a sentence; empty: nothing.
    std::string fault() const;
};

/// Adds the options to the command, bound to `out`, which must outlive it.
void add_load_options(CLI::App& command, LoadCli& out);

}  // namespace waybill::app

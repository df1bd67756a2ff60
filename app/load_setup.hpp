#pragma once
#include <optional>
#include <string>
#include <vector>

#include "app/api_client.hpp"
#include "app/cli.hpp"
#include "app/load/calls.hpp"
#include "app/load/token_box.hpp"

namespace waybill::app {

/// Who acts in a load run and what they order. Made before it; renews the tokens of the
/// development identity while it runs. On one thread, not a loop's.
class LoadSetup {
 public:
    LoadSetup(const Cli& cli, Env& env, ApiClient& client)
        : cli_(cli), env_(env), client_(client) {}

    /// Signs in and makes the products; returns when orders knows them.
    Status prepare();
    /// Replaces the tokens that have used up two thirds of their lives. One that cannot be had is
    /// asked for again after a second.
    void renew();

    const load::Shop& shop() const { return shop_; }
    const load::TokenBox& tokens() const { return tokens_; }

 private:
    struct User {
        std::string name;
        std::size_t token = 0;
        MonoTime renew_at{};
    };
    Result<std::size_t> sign_in(const std::string& user);
    Status add_customers();
    Status add_given_customers(const std::vector<std::string>& tokens);
    Status add_operator();
    Status make_products();
    Status find_products(std::string_view prefix, std::size_t count_max);
    Status wait_known();
    bool confirms_or_ships() const;

    const Cli& cli_;
    Env& env_;
    ApiClient& client_;
    load::Shop shop_;
    load::TokenBox tokens_;
    std::vector<User> users_;
};

}  // namespace waybill::app

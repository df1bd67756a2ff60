#include "services/identity/directory.hpp"

#include <openssl/crypto.h>

#include <algorithm>
#include <array>
#include <vector>

#include "chassis/auth/openssl.hpp"

namespace waybill::identity {
namespace {

constexpr std::string_view shared_password = "waybill";

constexpr std::array users{
    User{"customer1", "6f1c1a52-8f0e-4c5c-9d11-0a54f2c9b101", "customer"},
    User{"customer2", "6f1c1a52-8f0e-4c5c-9d11-0a54f2c9b102", "customer"},
    User{"operator", "6f1c1a52-8f0e-4c5c-9d11-0a54f2c9b103", "operator"},
    User{"admin", "6f1c1a52-8f0e-4c5c-9d11-0a54f2c9b104", "admin"},
};
constexpr User service_user{"service-account-waybill-service",
                            "6f1c1a52-8f0e-4c5c-9d11-0a54f2c9b105", "operator"};

constexpr std::array clients{
    Client{.id = "waybill-console", .code = true},
    Client{.id = "waybill-cli", .code = true, .password = true},
    Client{.id = "waybill-service", .confidential = true, .credentials = true},
};

constexpr std::array<std::string_view, 8> api_scopes{
    "orders.read",        "orders.write",        "inventory.read", "inventory.write",
    "notifications.read", "notifications.write", "audit.read",     "audit.write"};
constexpr std::array<std::string_view, 2> identity_scopes{"openid", "profile"};

bool role_allows(std::string_view role, std::string_view scope) {
    if (role == "admin") return true;
    if (role == "operator") return scope != "audit.write";
    return scope.starts_with("orders.") || scope.starts_with("notifications.") ||
           scope == "inventory.read";
}

void append(std::string& scopes, std::string_view scope) {
    if (!scopes.empty()) scopes += ' ';
    scopes += scope;
}

template <class Range>
auto find(const Range& all, auto wanted) -> decltype(all.data()) {
    const auto it = std::find_if(all.begin(), all.end(), wanted);
    return it == all.end() ? nullptr : &*it;
}

}  // namespace

const User* find_user(std::string_view name) {
    return find(users, [&](const User& user) { return user.name == name; });
}

const User* find_user_by_subject(std::string_view subject) {
    return find(users, [&](const User& user) { return user.subject == subject; });
}

const Client* find_client(std::string_view id) {
    return find(clients, [&](const Client& client) { return client.id == id; });
}

const User& service_account() {
    return service_user;
}

bool is_password(std::string_view password) {
    const std::string given = auth::ossl::sha256(password);
    const std::string right = auth::ossl::sha256(shared_password);
    return CRYPTO_memcmp(given.data(), right.data(), right.size()) == 0;
}

bool has_scope(std::string_view scopes, std::string_view one) {
    while (!scopes.empty()) {
        const auto end = std::min(scopes.find(' '), scopes.size());
        if (scopes.substr(0, end) == one) return true;
        scopes.remove_prefix(std::min(end + 1, scopes.size()));
    }
    return false;
}

std::string grant_scopes(std::string_view asked, std::string_view role) {
    std::string granted;
    for (const std::string_view scope : identity_scopes)
        if (has_scope(asked, scope)) append(granted, scope);
    for (const std::string_view scope : api_scopes)
        if (role_allows(role, scope) && (asked.empty() || has_scope(asked, scope)))
            append(granted, scope);
    return granted;
}

std::string narrow_scopes(std::string_view asked, std::string_view granted) {
    if (asked.empty()) return std::string(granted);
    std::string narrowed;
    while (!granted.empty()) {
        const auto end = std::min(granted.find(' '), granted.size());
        if (has_scope(asked, granted.substr(0, end))) append(narrowed, granted.substr(0, end));
        granted.remove_prefix(std::min(end + 1, granted.size()));
    }
    return narrowed;
}

std::string all_scopes() {
    std::string scopes;
    for (const std::string_view scope : identity_scopes) append(scopes, scope);
    for (const std::string_view scope : api_scopes) append(scopes, scope);
    return scopes;
}

}  // namespace waybill::identity

#pragma once
#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "chassis/base/actor.hpp"

namespace waybill::http {

/// Who calls, as a verified token says. Empty subject: nobody (a public route).
struct Principal {
    std::string subject;
    std::string client;
    std::string user_name;  ///< preferred_username
    std::vector<std::string> scopes;
    std::vector<std::string> roles;  ///< realm_access.roles

    bool has_scope(std::string_view scope) const { return has(scopes, scope); }
    /// admin may all that operator may.
    bool has_role(std::string_view role) const {
        return has(roles, role) || (role == "operator" && has(roles, "admin"));
    }
    bool is_operator() const { return has_role("operator"); }
    Actor actor() const { return {subject, client}; }

 private:
    static bool has(const std::vector<std::string>& all, std::string_view one) {
        return std::find(all.begin(), all.end(), one) != all.end();
    }
};

}  // namespace waybill::http

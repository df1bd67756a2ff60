#pragma once
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "chassis/http/message.hpp"
#include "chassis/http/principal.hpp"
#include "chassis/http/query.hpp"
#include "chassis/runtime/task_fwd.hpp"

namespace waybill::http {

struct Route;

/// One request on its way through a route's handler. Lives as long as the handler runs.
struct Call {
    Request& request;
    const Principal& principal;
    Query query;
    std::string body;  ///< the whole body; empty on routes that stream theirs
    std::vector<std::pair<std::string_view, std::string>> parameters;  ///< of the path
    Deadline deadline;
    const Route& route;
    std::optional<std::string> idempotency_key;  ///< checked: 1..255 printable ASCII
    std::optional<std::string> if_match;         ///< the one entity tag, without its quotes
    std::optional<Duration> wait;                ///< `Prefer: wait=N`, clamped to 10 s

    /// A parameter of the path; it must be in the route's template.
    const std::string& parameter(std::string_view name) const;
};

/// A JSON Schema and its name under `#/components/schemas`.
struct Schema {
    std::string_view name;            ///< empty: none
    std::string (*text)() = nullptr;  ///< the schema as JSON
};

/// One answer of a route, for OpenAPI.
struct Answer {
    int status = 200;
    std::string_view description;
    Schema body = {};
    std::string_view media_type = "application/json";
};

/// A query parameter or request header of a route, for OpenAPI and for refusing unknown ones.
struct Parameter {
    std::string_view name;
    std::string_view doc;
    bool header = false;
    std::string_view schema = R"({"type":"string"})";
};

enum class Priority : std::uint8_t { health, move, create, read, list };  ///< shed last to first

/// What a route demands and promises: the one source of authorisation, of the gateway's default
/// routes, of the authorisation matrix and of OpenAPI.
struct RouteSpec {
    std::string_view scope = {};  ///< required; `public` must be written out
    std::string_view role = {};   ///< required beside the scope; empty: any
    /// The handler lets a customer reach only its own objects (404 otherwise).
    bool owner = false;
    bool idempotent_key = false;     ///< honours `Idempotency-Key`
    bool if_match = false;           ///< honours `If-Match`
    bool if_match_required = false;  ///< 428 without it
    bool body_optional = false;
    bool streams = false;  ///< the answer never ends by itself (SSE)
    Priority priority = Priority::read;
    Schema body = {};
    std::string_view body_media_type = "application/json";
    std::vector<Parameter> parameters = {};
    std::vector<Answer> answers = {};
    std::string_view doc = {};
    std::string_view operation_id = {};
};

using RouteHandler = std::function<Task<Response>(Call&)>;

struct Route {
    std::string method;
    std::string path;  ///< template: `/v1/orders/{id}/confirm`
    RouteSpec spec;
    RouteHandler handler;
    std::string service;  ///< which service serves it
};

/// A service's route table. Literal segments win over parameters; a segment may end in a
/// literal suffix after `:` (`products:batch`, `dead-letters:replay`).
class Routes {
 public:
    explicit Routes(std::string service) : service_(std::move(service)) {}
    /// A route without a scope, a repeated one or a malformed template is a bug, and CHECKed.
    void add(std::string method, std::string path, RouteSpec spec, RouteHandler handler);
    void get(std::string path, RouteSpec spec, RouteHandler handler) {
        add("GET", std::move(path), std::move(spec), std::move(handler));
    }
    void post(std::string path, RouteSpec spec, RouteHandler handler) {
        add("POST", std::move(path), std::move(spec), std::move(handler));
    }
    void put(std::string path, RouteSpec spec, RouteHandler handler) {
        add("PUT", std::move(path), std::move(spec), std::move(handler));
    }
    void patch(std::string path, RouteSpec spec, RouteHandler handler) {
        add("PATCH", std::move(path), std::move(spec), std::move(handler));
    }
    void del(std::string path, RouteSpec spec, RouteHandler handler) {
        add("DELETE", std::move(path), std::move(spec), std::move(handler));
    }
    const std::vector<Route>& all() const { return routes_; }
    const std::string& service() const { return service_; }

 private:
    std::string service_;
    std::vector<Route> routes_;
};

/// Finds routes by method and path. Immutable once built; shared by all loops.
class RouteIndex {
 public:
    explicit RouteIndex(std::vector<const Route*> routes);
    ~RouteIndex();
    struct Match {
        const Route* route = nullptr;  ///< nullptr: none for this method
        std::vector<std::pair<std::string_view, std::string>> parameters;
        std::string allow;  ///< methods of the path when none matched: 405; empty: 404
    };
    Match find(std::string_view method, std::string_view path) const;
    /// The route that find() finds, without its parameters: allocates nothing.
    const Route* find_route(std::string_view method, std::string_view path) const;

 private:
    struct Node;
    const Node* node_of(std::string_view path, std::vector<std::string_view>* values) const;
    std::unique_ptr<Node> root_;
};

}  // namespace waybill::http

#pragma once
#include <map>
#include <string>
#include <string_view>

#include "chassis/base/error.hpp"
#include "chassis/http/routes.hpp"
#include "chassis/sql/migrations.hpp"
#include "chassis/sql/typed_table.hpp"
#include "services/notifications/commands.hpp"

/// The wire types and rows of this service; described in shapes.cpp.
namespace waybill::notifications {

std::string to_json(const Notification& notification);
std::string to_json(const Preferences& preferences);
std::string to_json(const Template& text);

/// A text with its fields filled in.
struct Rendered {
    std::string subject{};
    std::string body{};
};
std::string to_json(const Rendered& rendered);

/// Bodies of requests. Every fault with its pointer.
Result<Content> content_from_json(std::string_view body);
Result<Preferences> preferences_from_json(std::string_view body);
Result<TemplateContent> template_from_json(std::string_view body);
/// `{"fields": {…}}`; the samples of the event stand for what is not given.
Result<std::map<std::string, std::string>> preview_from_json(std::string_view body);

extern const http::Schema notification_schema;
extern const http::Schema notification_list_schema;
extern const http::Schema content_schema;
extern const http::Schema preferences_schema;
extern const http::Schema preferences_input_schema;
extern const http::Schema template_schema;
extern const http::Schema template_list_schema;
extern const http::Schema template_content_schema;
extern const http::Schema preview_schema;
extern const http::Schema rendered_schema;
extern const http::Schema unread_count_schema;
/// JSON Schemas of the published events' data, by type.
std::map<std::string, std::string> event_schemas();

const sql::TypedTable<Notification>& notification_rows();
const sql::TypedTable<Preferences>& preferences_rows();
const sql::TypedTable<Template>& template_rows();

/// The schema's steps, the default templates among them.
std::span<const sql::Migration> migrations();

}  // namespace waybill::notifications

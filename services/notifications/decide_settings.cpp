#include <fmt/format.h>

#include "services/notifications/decisions.hpp"

namespace waybill::notifications {

namespace {
bool same_choice(const Preferences& a, const Preferences& b) {
    return a.in_app == b.in_app && a.email == b.email && a.sms == b.sms && a.push == b.push &&
           a.email_address == b.email_address && a.phone == b.phone &&
           a.push_endpoint == b.push_endpoint && a.locale == b.locale;
}

std::optional<Rejection> content_fault(const TemplateContent& content) {
    const EventFields* event = find_event(content.event);
    if (event == nullptr) return invalid("/event", "is not an event that is told").value();
    Rejection fault(Problem::validation_failed, "the template's text cannot be filled in");
    if (auto why = fault_in(content.subject, *event)) fault.faults.push_back({"/subject", *why});
    if (auto why = fault_in(content.body, *event)) fault.faults.push_back({"/body", *why});
    if (fault.faults.empty()) return std::nullopt;
    return fault;
}

Event acted(const Facts& facts, std::string_view action, const TemplateId& id) {
    return OperatorActed{.id = facts.id(0),
                         .service = "notifications",
                         .action = std::string(action),
                         .target = "template/" + id.to_string(),
                         .reason = {}};
}

std::optional<Rejection> identity_fault(const Template& row, const TemplateContent& content) {
    Rejection fault(Problem::validation_failed, "a template's event, type and locale never change");
    const auto expect = [&](bool same, const char* pointer, std::string_view value) {
        if (!same) fault.faults.push_back({pointer, fmt::format("must stay '{}'", value)});
    };
    expect(content.event == row.event, "/event", row.event);
    expect(content.type == row.type, "/type", word_of(row.type));
    expect(content.locale == row.locale, "/locale", row.locale);
    if (fault.faults.empty()) return std::nullopt;
    return fault;
}
}  // namespace

Outcome decide_one(const State& state, const PutPreferences& c, const Facts&) {
    const Preferences& current = preferences_of(state, c.preferences.user_id);
    if (auto fault = version_fault(c.expected_version, current.version)) return *std::move(fault);
    if (same_choice(current, c.preferences)) return Nothing{"unchanged"};
    PreferencesChanged changed{c.preferences};
    changed.preferences.version = current.version + 1;
    return Events{std::move(changed)};
}

Outcome decide_one(const State& state, const CreateTemplate& c, const Facts& facts) {
    if (auto fault = content_fault(c.content)) return *std::move(fault);
    if (find_template(state, c.content.event, c.content.type, c.content.locale) != nullptr)
        return invalid("/locale", "this event, type and locale has a template already").value();
    const TemplateId id = created_template_id(facts);
    const Template made{.id = id,
                        .event = c.content.event,
                        .type = c.content.type,
                        .locale = c.content.locale,
                        .name = c.content.name,
                        .subject = c.content.subject,
                        .body = c.content.body,
                        .enabled = c.content.enabled,
                        .version = 1,
                        .created_at = facts.now,
                        .updated_at = facts.now};
    return Events{TemplateChanged{made}, acted(facts, "template.created", id)};
}

Outcome decide_one(const State& state, const UpdateTemplate& c, const Facts& facts) {
    const Template* row = state.templates.find(c.id);
    if (row == nullptr) return not_found("template");
    if (auto fault = version_fault(c.expected_version, row->version)) return *std::move(fault);
    if (auto fault = identity_fault(*row, c.content)) return *std::move(fault);
    if (auto fault = content_fault(c.content)) return *std::move(fault);
    if (row->name == c.content.name && row->subject == c.content.subject &&
        row->body == c.content.body && row->enabled == c.content.enabled)
        return Nothing{"unchanged"};
    Template after = *row;
    after.name = c.content.name;
    after.subject = c.content.subject;
    after.body = c.content.body;
    after.enabled = c.content.enabled;
    after.version = row->version + 1;
    after.updated_at = facts.now;
    return Events{TemplateChanged{std::move(after)}, acted(facts, "template.updated", c.id)};
}

Outcome decide_one(const State& state, const DeleteTemplate& c, const Facts& facts) {
    const Template* row = state.templates.find(c.id);
    if (row == nullptr) return not_found("template");
    if (auto fault = version_fault(c.expected_version, row->version)) return *std::move(fault);
    return Events{TemplateDeleted{c.id, row->event}, acted(facts, "template.deleted", c.id)};
}

}  // namespace waybill::notifications

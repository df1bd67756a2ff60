#include "chassis/service/clockwork.hpp"

#include <algorithm>
#include <array>

#include "chassis/base/faults.hpp"

namespace waybill::service {
namespace {

/// A row that is still due when it has been put to the writer is looked at again after this.
constexpr Duration settle_wait = std::chrono::milliseconds(250);

}  // namespace

Clockwork::Clockwork(Env& env, sql::Database& database, telemetry::Telemetry& telemetry,
                     PassDeadline pass_deadline, Redelivery* redelivery, Options options)
    : env_(env),
      database_(database),
      telemetry_(telemetry),
      pass_deadline_(std::move(pass_deadline)),
      redelivery_(redelivery),
      options_(options),
      worker_(env.start_worker("clock-" + std::string(telemetry.service_name()).substr(0, 9),
                               [this] { step(); })) {}

Clockwork::~Clockwork() {
    stop();
}

void Clockwork::start() {
    worker_->wake();
}

void Clockwork::wake() {
    worker_->wake();
}

void Clockwork::stop() {
    worker_->stop();
    session_.reset();
}

void Clockwork::step() {
    const MonoTime latest = env_.monotonic() + options_.poll_every;
    worker_->wake_at(latest);
    // What was put to the writer is still in its row until the commit. Putting it again and again
    // while nothing can be written would leave no room for what other services send.
    look_again_ = true;
    if (under_way_ != 0) return worker_->wake_at(env_.monotonic() + settle_wait);
    look_again_ = false;
    if (!session_) {
        auto session = database_.open_reader();
        if (!session) return;
        session_ = std::move(*session);
    }
    for (auto look : {&Clockwork::pass_deadlines, &Clockwork::retry_deliveries}) {
        auto next = (this->*look)();
        if (!next) {
            session_.reset();
            telemetry_.log().error("the clockwork cannot read what is due",
                                   {{"exception.message", next.error().message}});
            return;
        }
        if (!*next) continue;
        const Duration wait = std::max(**next - env_.now(), settle_wait);
        worker_->wake_at(std::min(latest, env_.monotonic() + wait));
    }
}

std::function<void()> Clockwork::one_more() {
    ++under_way_;
    return [this] { one_done(); };
}

void Clockwork::one_done() {
    if (--under_way_ == 0 && look_again_) worker_->wake();
}

sql::Result<std::optional<Timestamp>> Clockwork::pass_deadlines() {
    const std::array<sql::Cell, 2> due{env_.now().us, options_.rows_max};
    auto rows = session_->query(
        "select aggregate_id from timers where due_at <= ? order by due_at, aggregate_id limit ?",
        due);
    if (!rows) return tl::unexpected(std::move(rows.error()));
    for (std::size_t i = 0; i < rows->size(); ++i)
        if (auto id = Uuid::from_bytes(sql::as_text(rows->row(i)[0])))
            if (!pass_deadline_(*id, one_more())) {
                one_done();
                break;
            }
    if (!rows->empty()) faults::crash_point("after_deadline");
    auto next = session_->query("select min(due_at) from timers", {});
    if (!next) return tl::unexpected(std::move(next.error()));
    if (next->empty() || sql::is_null(next->row(0)[0])) return std::nullopt;
    return Timestamp{sql::as_int(next->row(0)[0])};
}

sql::Result<std::optional<Timestamp>> Clockwork::retry_deliveries() {
    if (redelivery_ == nullptr) return std::nullopt;
    auto due =
        messaging::Deliveries::due(*session_, env_.now(), options_.dead_blocks, options_.rows_max);
    if (!due) return tl::unexpected(std::move(due.error()));
    for (const auto& row : *due)
        if (!redelivery_->redeliver(row, one_more())) {
            one_done();
            break;
        }
    return messaging::Deliveries::next_due(*session_);
}

}  // namespace waybill::service

#include "chassis/http/timeouts.hpp"

#include "chassis/base/check.hpp"

namespace waybill::http {

void Timeouts::set(Timed& timed, std::uint8_t lane, MonoTime at) {
    clear(timed);
    Lane& list = lanes_.at(lane);
    Timed* before = list.last;
    while (before != nullptr && before->at_ > at) before = before->before_;
    timed.at_ = at;
    timed.lane_ = lane;
    timed.waiting_ = true;
    timed.before_ = before;
    timed.after_ = before == nullptr ? list.first : before->after_;
    (timed.before_ == nullptr ? list.first : timed.before_->after_) = &timed;
    (timed.after_ == nullptr ? list.last : timed.after_->before_) = &timed;
    if (timer_ == 0 || at < armed_) arm(at);
}

void Timeouts::clear(Timed& timed) {
    if (!timed.waiting_) return;
    Lane& list = lanes_[timed.lane_];
    (timed.before_ == nullptr ? list.first : timed.before_->after_) = timed.after_;
    (timed.after_ == nullptr ? list.last : timed.after_->before_) = timed.before_;
    timed.waiting_ = false;
}

void Timeouts::expire_all() {
    for (Lane& lane : lanes_) {
        while (lane.first != nullptr) {
            Timed& timed = *lane.first;
            clear(timed);
            timed.expired();
        }
    }
}

void Timeouts::stop() {
    for (const Lane& lane : lanes_) CHECK(lane.first == nullptr);
    if (timer_ != 0) loop_.cancel_timer(timer_);
    timer_ = 0;
}

void Timeouts::arm(MonoTime at) {
    if (timer_ != 0) loop_.cancel_timer(timer_);
    armed_ = at;
    timer_ = loop_.start_timer(at, [this] { fire(); });
}

void Timeouts::fire() {
    timer_ = 0;
    const MonoTime now = env_.monotonic();
    for (Lane& lane : lanes_) {
        while (lane.first != nullptr && lane.first->at_ <= now) {
            Timed& timed = *lane.first;
            clear(timed);
            timed.expired();
        }
    }
    const Timed* next = nullptr;
    for (const Lane& lane : lanes_)
        if (lane.first != nullptr && (next == nullptr || lane.first->at_ < next->at_))
            next = lane.first;
    if (next != nullptr && (timer_ == 0 || next->at_ < armed_)) arm(next->at_);
}

}  // namespace waybill::http

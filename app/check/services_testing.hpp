#pragma once
#include <gtest/gtest.h>

#include <array>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "app/check/sources.hpp"
#include "chassis/messaging/tables.hpp"
#include "chassis/service/service_testing.hpp"
#include "services/audit/service.hpp"
#include "services/inventory/service.hpp"
#include "services/notifications/service.hpp"
#include "services/orders/service.hpp"

namespace waybill::check::testing {

using service::testing::Asked;
using service::testing::ServiceRig;

/// The four services over SQLite files, each in virtual time; messages go when the test says so.
/// Their own relays have nobody to deliver to, and empty the outboxes.
class FourServices {
 public:
    FourServices()
        : orders_(orders::make_service(rig(Service::orders).host())),
          inventory_(inventory::make_service(rig(Service::inventory).host())),
          notifications_(notifications::make_service(rig(Service::notifications).host())),
          audit_(rig(Service::audit).host(), {}) {
        for (const Service service : all_services) {
            const auto opened = of(service).open();
            EXPECT_TRUE(opened) << opened.error().detail;
            of(service).start();
        }
    }

    ServiceRig& rig(Service service) { return rigs_.at(static_cast<std::size_t>(service)); }

    /// Delivers what was published until nothing more is.
    void deliver_all() {
        bool more = true;
        while (more) {
            more = false;
            for (const Service service : all_services) more = deliver(service) || more;
        }
    }

    /// Runs one statement on a service's database, as a fault or a vandal might.
    void change(Service service, std::string_view statement) {
        auto session = rig(service).database().open_writer();
        ASSERT_TRUE(session);
        ASSERT_TRUE((*session)->execute("pragma ignore_check_constraints = on", {}));
        const auto done = (*session)->execute(statement, {});
        ASSERT_TRUE(done) << done.error().message;
        ASSERT_GT(*done, 0) << statement;
    }
    /// The audit's store may be changed from now on.
    void unlock_audit() {
        auto session = rig(Service::audit).database().open_writer();
        for (const std::string_view trigger :
             {"event_store_never_changes", "event_store_never_forgets"})
            ASSERT_TRUE((*session)->execute("drop trigger " + std::string(trigger), {}));
    }

    service::Service& of(Service service) {
        switch (service) {
            case Service::orders:
                return *orders_;
            case Service::inventory:
                return *inventory_;
            case Service::notifications:
                return *notifications_;
            case Service::audit:
                return audit_.service();
        }
        CHECK(false);
    }
    /// Readers of what is committed now; they stay until the next call.
    const Sources& sources() {
        sources_ = {};
        for (const Service service : all_services)
            readers_.at(static_cast<std::size_t>(service)) =
                rig(service).database().open_reader().value();
        sources_ = {readers_[0].get(), readers_[1].get(), readers_[2].get(), readers_[3].get()};
        return sources_;
    }

 private:
    bool deliver(Service from) {
        auto session = rig(from).database().open_writer();
        std::int64_t& last = delivered_.at(static_cast<std::size_t>(from));
        auto rows = (*session)->query("select * from events where seq > ? order by seq",
                                      std::array<sql::Cell, 1>{last});
        EXPECT_TRUE(rows);
        std::vector<messaging::Message> messages;
        for (std::size_t i = 0; i < rows->size(); ++i)
            messages.push_back(*messaging::read_event_row(rows->row(i)).message);
        if (messages.empty()) return false;
        last = sql::as_int(rows->row(rows->size() - 1)[0]);
        for (const Service to : all_services) {
            std::vector<messaging::Message> wanted;
            for (const auto& message : messages)
                if (of(to).consumer().wants(message.meta.type)) wanted.push_back(message);
            const std::size_t count = wanted.size();
            EXPECT_EQ(rig(to).deliver(of(to), std::move(wanted)), count);
        }
        return true;
    }
    /// Clocks that never show the same microsecond: all draw their ids from the same seed.
    static ServiceRig rig_at(std::int64_t us) {
        return ServiceRig(Timestamp{1'795'000'000'000'000 + us});
    }
    std::array<ServiceRig, all_services.size()> rigs_{rig_at(0), rig_at(11), rig_at(23),
                                                      rig_at(37)};
    std::unique_ptr<service::Service> orders_;
    std::unique_ptr<service::Service> inventory_;
    std::unique_ptr<service::Service> notifications_;
    audit::Audit audit_;
    std::array<std::unique_ptr<sql::Session>, all_services.size()> readers_;
    Sources sources_;
    std::array<std::int64_t, all_services.size()> delivered_{};
};

}  // namespace waybill::check::testing

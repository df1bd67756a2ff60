#pragma once
#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <string>

#include "chassis/runtime/virtual_env.hpp"
#include "chassis/sql/database.hpp"

namespace waybill::sql {

/// An empty database of its own for one test of what every driver promises.
class DatabaseUnderTest {
 public:
    virtual ~DatabaseUnderTest() = default;
    virtual Database& database() = 0;
    /// Creates `parents(id uuid, name text unique, size integer 0..100, note text null)` and
    /// `children(parent_id uuid references parents, line integer, body blob)` in its dialect.
    virtual void create_tables(Session& session) = 0;
};

struct Driver {
    std::string name;
    std::function<std::unique_ptr<DatabaseUnderTest>(Env&)> make;
};

std::unique_ptr<DatabaseUnderTest> sqlite_under_test(Env& env);

}  // namespace waybill::sql

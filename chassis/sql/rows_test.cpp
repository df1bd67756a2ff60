#include "chassis/sql/rows.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "chassis/runtime/virtual_env.hpp"
#include "chassis/sql/select.hpp"
#include "chassis/sql/sqlite.hpp"
#include "chassis/sql/temporary_folder.hpp"

namespace waybill::sql {
namespace {

using ThingId = Id<struct ThingTag>;
enum class Colour : std::uint8_t { red, green };
constexpr auto names(Type<Colour>) {
    return words<Colour>({{Colour::red, "Red"}, {Colour::green, "Green"}});
}

struct Thing {
    ThingId id;
    std::string name;
    std::int64_t size = 0;
    std::int32_t level = 0;
    bool open = false;
    Timestamp at;
    Money price;
    Colour colour = Colour::red;
    std::optional<std::string> note;
    std::optional<Colour> other;
    std::optional<ThingId> parent;
    std::array<std::uint8_t, 32> digest{};
    std::vector<std::string> tags;
    friend bool operator==(const Thing&, const Thing&) = default;
};

std::string joined(const std::vector<std::string>& tags) {
    std::string text;
    for (const auto& tag : tags) text += tag + '\n';
    return text;
}

bool split(Thing& thing, std::string_view text) {
    thing.tags.clear();
    for (std::size_t end; (end = text.find('\n')) != std::string_view::npos;
         text.remove_prefix(end + 1))
        thing.tags.emplace_back(text.substr(0, end));
    return text.empty();
}

const TypedTable<Thing>& things() {
    static const auto rows = table<Thing>(
        "things", key("id", &Thing::id), column("name", &Thing::name), column("size", &Thing::size),
        column("level", &Thing::level), column("open", &Thing::open), column("at", &Thing::at),
        column("price", &Thing::price), column("currency", &Thing::price, &Money::currency),
        column("colour", &Thing::colour), column("note", &Thing::note),
        column("other", &Thing::other), column("parent", &Thing::parent),
        column("digest", &Thing::digest),
        column(
            "tags", [](const Thing& thing) { return joined(thing.tags); },
            [](Thing& thing, std::string_view text) { return split(thing, text); }));
    return rows;
}

constexpr std::string_view schema =
    "create table things (id blob not null primary key, name text not null, size integer not "
    "null, level integer not null, open integer not null, at integer not null, price integer not "
    "null, currency text not null, colour text not null, note text, other text, parent blob, "
    "digest blob not null, tags text not null) strict, without rowid";

class DescribedRows : public ::testing::Test {
 protected:
    void SetUp() override { ASSERT_TRUE(session_->execute(schema, {})); }
    Thing thing(std::uint8_t n, std::string name) {
        Thing made;
        made.id.value.bytes[15] = n;
        made.name = std::move(name);
        made.size = n;
        return made;
    }
    void insert(const std::vector<Thing>& rows) {
        std::vector<const Thing*> all;
        for (const Thing& row : rows) all.push_back(&row);
        ASSERT_TRUE(things().insert(*session_, all));
    }
    std::string names_of(const Select<Thing>& select) {
        auto found = select.run(*session_);
        EXPECT_TRUE(found) << found.error().message;
        std::string text;
        if (found)
            for (const Thing& row : *found) text += row.name + ' ';
        return text;
    }
    TemporaryFolder folder_;
    std::unique_ptr<VirtualEnv> env_ = VirtualEnv::create(1, Timestamp{0});
    std::unique_ptr<SqliteDatabase> database_ =
        std::move(*SqliteDatabase::open(*env_, {.path = folder_.file("rows.db")}));
    std::unique_ptr<Session> session_ = std::move(*database_->open_writer());
};

TEST_F(DescribedRows, RefuseAValueThatTheProgramDoesNotKnow) {
    insert({thing(1, "one")});
    ASSERT_TRUE(session_->execute("update things set colour = 'Blue'", {}));
    const auto read = Select(things()).run(*session_);
    ASSERT_FALSE(read);
    EXPECT_EQ(read.error().kind, FailureKind::invalid);
    EXPECT_EQ(read.error().message.find("things.colour"), 0U) << read.error().message;
}

TEST_F(DescribedRows, RefuseANumberThatDoesNotFitItsMember) {
    insert({thing(1, "one")});
    ASSERT_TRUE(session_->execute("update things set level = 3000000000", {}));
    EXPECT_FALSE(Select(things()).run(*session_));
}

TEST_F(DescribedRows, AreDescribedForTheDriver) {
    const TableDef& def = things().def();
    EXPECT_EQ(def.name, "things");
    EXPECT_EQ(def.keys, 1U);
    EXPECT_EQ(def.columns.size(), 14U);
    EXPECT_EQ(def.columns[0].type, ColumnType::uuid);
    EXPECT_EQ(def.columns[5].type, ColumnType::timestamp);
    EXPECT_TRUE(def.columns[9].nullable);
    EXPECT_FALSE(def.columns[1].nullable);
}

rc::Gen<std::string> any_text() {
    return rc::gen::container<std::string>(rc::gen::elementOf(std::string("ab'\"% _\\;?-\t")));
}

rc::Gen<Thing> any_thing() {
    return rc::gen::exec([] {
        Thing made;
        const auto bytes =
            *rc::gen::container<std::vector<std::uint8_t>>(48, rc::gen::arbitrary<std::uint8_t>());
        std::copy_n(bytes.begin(), 16, made.id.value.bytes.begin());
        std::copy_n(bytes.begin() + 16, 32, made.digest.begin());
        made.name = *any_text();
        made.size = *rc::gen::arbitrary<std::int64_t>();
        made.level = *rc::gen::arbitrary<std::int32_t>();
        made.open = *rc::gen::arbitrary<bool>();
        made.at.us = *rc::gen::arbitrary<std::int64_t>();
        made.price.minor = *rc::gen::arbitrary<std::int64_t>();
        made.price.currency = *Currency::parse(*rc::gen::element("USD", "EUR", "JPY", "KWD"));
        made.colour = *rc::gen::element(Colour::red, Colour::green);
        if (*rc::gen::arbitrary<bool>()) made.note = *any_text();
        if (*rc::gen::arbitrary<bool>()) made.other = Colour::green;
        if (*rc::gen::arbitrary<bool>()) made.parent = made.id;
        made.tags = *rc::gen::container<std::vector<std::string>>(any_text());
        return made;
    });
}

RC_GTEST_FIXTURE_PROP(DescribedRows, ComeBackAsTheyWereStored, ()) {
    const Thing before = *any_thing();
    const Thing after = *any_thing();
    RC_ASSERT(session_->begin().has_value());
    const Thing* row = &before;
    RC_ASSERT(things().insert(*session_, std::span(&row, 1)).has_value());
    const std::vector<std::string_view> keys{before.id.value.raw()};
    RC_ASSERT(*things().load(*session_, keys, true) == std::vector<Thing>{before});
    Thing changed = after;
    changed.id = before.id;
    row = &changed;
    RC_ASSERT(things().update(*session_, std::span(&row, 1)).has_value());
    RC_ASSERT(*things().load(*session_, keys, false) == std::vector<Thing>{changed});
    RC_ASSERT(*things().insert_new(*session_, std::span(&row, 1)) == std::vector<std::size_t>{0});
    RC_ASSERT(things().remove(*session_, cells_of(keys)).has_value());
    RC_ASSERT(things().load(*session_, keys, false)->empty());
    session_->rollback();
}

TEST_F(DescribedRows, AreListedByConditionsOrderAndLimit) {
    Thing green = thing(3, "Green_50%");
    green.colour = Colour::green;
    green.note = "n";
    insert({thing(1, "one"), thing(2, "two"), green, thing(4, "GREEN")});
    EXPECT_EQ(names_of(Select(things()).where("colour", Is::equal, Colour::green)), "Green_50% ");
    EXPECT_EQ(names_of(Select(things())
                           .where("id", Is::less, thing(4, "").id)
                           .where("size", Is::greater, 1)
                           .order_by("id", Sort::descending)
                           .limit(1)),
              "Green_50% ");
    EXPECT_EQ(names_of(Select(things()).containing({"name", "note"}, "EEN").order_by("id")),
              "Green_50% GREEN ");
    EXPECT_EQ(names_of(Select(things()).containing({"name"}, "_50%")), "Green_50% ");
    EXPECT_EQ(names_of(Select(things()).containing({"name"}, "\\")), "");
    EXPECT_EQ(names_of(Select(things()).where_null("note", false)), "Green_50% ");
    const std::vector<std::string> wanted{"two", "one"};
    EXPECT_EQ(
        names_of(
            Select(things()).where_in("name", std::span<const std::string>(wanted)).order_by("id")),
        "one two ");
    EXPECT_EQ(names_of(Select(things()).where_in("name", std::span<const std::string>())), "");
    EXPECT_EQ(names_of(Select(things()).where_sql("size between ? and ?", 2, 3).order_by("size")),
              "two Green_50% ");
}

}  // namespace
}  // namespace waybill::sql

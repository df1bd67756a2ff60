#include "app/terminal.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

namespace waybill::app {
namespace {

TEST(Terminal, cuts_text_at_code_points) {
    EXPECT_EQ(fitted("Größe", 10), "Größe     ");
    EXPECT_EQ(fitted("Größe", 4), "Grö…");
    EXPECT_EQ(fitted("Größe", 5), "Größe");
    EXPECT_EQ(columns_of("2 × LAP-15"), 10U);
}

TEST(Terminal, tables_align_columns_and_cut_the_last) {
    EXPECT_EQ(text_table({"ID", "REASON"}, {{"17", "bad"}, {"1800", "a very long reason"}}, 16),
              "ID    REASON\n"
              "17    bad\n"
              "1800  a very lo…\n");
}

TEST(Terminal, a_pipe_gets_no_colours) {
    int ends[2];
    ASSERT_EQ(pipe(ends), 0);
    EXPECT_FALSE(style_of(ends[1]).colours);
    close(ends[0]);
    close(ends[1]);
}

}  // namespace
}  // namespace waybill::app

#include "chassis/base/html.hpp"

#include <gtest/gtest.h>

namespace waybill {
namespace {

TEST(Html, KeepsTextFromBeingMarkup) {
    std::string out = "<p>";
    append_html(out, "<a href=\"x\" id='y'>&amp;</a> Müller");
    EXPECT_EQ(out, "<p>&lt;a href=&quot;x&quot; id=&#39;y&#39;&gt;&amp;amp;&lt;/a&gt; Müller");
}

}  // namespace
}  // namespace waybill

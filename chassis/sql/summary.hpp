#pragma once
#include <string>
#include <string_view>

namespace waybill::sql {

/// What a statement does and to which table, in few words and of low cardinality.
struct Summary {
    std::string operation;   ///< lower case: `select`
    std::string collection;  ///< `orders`; empty when it names none
    std::string text() const {
        return collection.empty() ? operation : operation + ' ' + collection;
    }
};

/// From the statement's words alone: `select * from orders where …` is `select orders`.
Summary summarize(std::string_view statement);

}  // namespace waybill::sql

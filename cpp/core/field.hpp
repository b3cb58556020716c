#pragma once
#include <string_view>
#include <variant>

namespace digitcompress {

// A described member: its name, type, default and meaning are said once, in the struct that owns it. A described struct has
//   static constexpr const char* kName, kDoc;  static constexpr auto fields() -> std::tuple<Field…>;  void validate() const;
template <class Owner, class Type>
struct Field {
  const char* name;
  Type Owner::* member;
  const char* doc;
};
template <class Owner, class Type>
Field(const char*, Type Owner::*, const char*) -> Field<Owner, Type>;

// Calls use(Struct{}) for each alternative of a variant of described structs.
template <class Variant, class Use>
void for_each_alternative(const Use& use) {
  [&]<class... Alternative>(std::variant<Alternative...>*) { (use(Alternative{}), ...); }(static_cast<Variant*>(nullptr));
}

}  // namespace digitcompress

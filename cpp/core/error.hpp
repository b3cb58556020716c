#pragma once
#include <sstream>
#include <stdexcept>
#include <string>

namespace digitcompress {

// Each class has a Python twin of the same name in digitcompress.errors; bindings/errors.hpp translates.
struct Error : std::runtime_error {
  using std::runtime_error::runtime_error;
};
struct DataError : Error {
  using Error::Error;
};
struct ShapeError : Error {
  using Error::Error;
};
struct StateError : Error {
  using Error::Error;
};
struct DivergenceError : Error {
  using Error::Error;
};
struct FormatError : Error {
  using Error::Error;
};
struct LimitError : FormatError {
  using FormatError::FormatError;
};

template <class Exception = DataError, class... Parts>
[[noreturn]] void fail(const Parts&... parts) {
  std::ostringstream message;
  (message << ... << parts);
  throw Exception(message.str());
}

// require<ShapeError>(a == b, "Dense: input must have ", b, " features, got ", a)
template <class Exception = DataError, class... Parts>
void require(bool condition, const Parts&... parts) {
  if (!condition) [[unlikely]]
    fail<Exception>(parts...);
}

}  // namespace digitcompress

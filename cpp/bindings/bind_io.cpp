#include <pybind11/numpy.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "bindings/bindings.hpp"
#include "core/error.hpp"
#include "io/csv_reader.hpp"
#include "io/idx.hpp"

namespace py = pybind11;

namespace digitcompress::bindings {
namespace {

template <class Byte>
std::span<const Byte> bytes_of(const py::buffer_info& info) {
  require(info.ndim == 1 && info.itemsize == 1 && info.strides[0] == 1, "buffer must be contiguous bytes, got ", info.ndim,
          " dimensions of ", info.itemsize, " bytes");
  return {static_cast<const Byte*>(info.ptr), static_cast<std::size_t>(info.size)};
}

// Hands the vector's memory to NumPy without a copy: the capsule frees it with the array.
template <class Element>
py::array owned_array(std::vector<Element> elements, const py::dtype& type, const std::vector<std::size_t>& shape) {
  auto owner = std::make_unique<std::vector<Element>>(std::move(elements));
  const void* const data = owner->data();
  const py::capsule capsule(owner.get(),
                            [](void* pointer) { std::unique_ptr<std::vector<Element>>(static_cast<std::vector<Element>*>(pointer)); });
  static_cast<void>(owner.release());
  return {type, shape, data, capsule};
}

std::size_t idx_file_bytes(const py::buffer& prefix, const std::string& source) {
  return io::read_idx_header(bytes_of<std::byte>(prefix.request()), source).file_bytes();
}

py::array decode_idx(const py::buffer& buffer, const std::string& source) {
  const py::buffer_info info = buffer.request();
  const auto bytes = bytes_of<std::byte>(info);
  const io::IdxHeader header = io::read_idx_header(bytes, source);
  std::vector<std::byte> elements;
  {
    const py::gil_scoped_release release;
    elements = io::decode_idx(bytes, header, source);
  }
  return owned_array(std::move(elements), py::dtype(header.type.name), header.shape);
}

void feed(io::CsvReader& reader, const py::buffer& piece) {
  const py::buffer_info info = piece.request();
  const auto bytes = bytes_of<char>(info);
  const py::gil_scoped_release release;
  reader.feed(bytes);
}

std::pair<py::array, py::array> finish(io::CsvReader& reader) {
  io::CsvTable table;
  {
    const py::gil_scoped_release release;
    table = reader.finish();
  }
  const std::size_t side = io::kCsvImageSide, rows = table.rows;
  const std::vector<std::size_t> label_shape = {table.labels.size()};
  return {owned_array(std::move(table.pixels), py::dtype::of<std::uint8_t>(), {rows, side, side}),
          owned_array(std::move(table.labels), py::dtype::of<std::int64_t>(), label_shape)};
}

}  // namespace

void bind_io(py::module_& module) {
  module.attr("IDX_LONGEST_HEADER") = io::kIdxLongestHeader;
  module.def("idx_file_bytes", &idx_file_bytes, py::arg("prefix"), py::arg("source"),
             "Size of the IDX file that begins with `prefix`, as its header declares it.");
  module.def("decode_idx", &decode_idx, py::arg("buffer"), py::arg("source"), "The array in the bytes of a whole IDX file.");
  py::class_<io::CsvReader>(module, "CsvReader", "Reads Kaggle's digit-recognizer format piece by piece.")
      .def(py::init([](const std::string& source, bool labels, bool label_last, std::size_t max_rows, std::size_t expected_bytes) {
             return io::CsvReader({source, {labels, label_last}, max_rows, expected_bytes});
           }),
           py::arg("source"), py::kw_only(), py::arg("labels"), py::arg("label_last"), py::arg("max_rows"), py::arg("expected_bytes"))
      .def("feed", &feed, py::arg("piece"), "Take the next bytes of the text.")
      .def("finish", &finish, "The images and the labels (empty without labels) of all rows.");
}

}  // namespace digitcompress::bindings

/* The one module that every processor can load: it names the best level this processor runs. */
#define PY_SSIZE_T_CLEAN
#include <Python.h>

static PyObject* best_level(PyObject* self, PyObject* args) {
  (void)self, (void)args;
#if defined(__x86_64__)
  __builtin_cpu_init();
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512cd") &&
      __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl"))
    return PyUnicode_FromString("v4");
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") && __builtin_cpu_supports("bmi2")) return PyUnicode_FromString("v3");
  return PyUnicode_FromString("v2");
#else
  return PyUnicode_FromString("armv8");
#endif
}

static PyMethodDef methods[] = {{"best_level", best_level, METH_NOARGS, "Best processor level of this machine."}, {NULL, NULL, 0, NULL}};
static struct PyModuleDef module = {PyModuleDef_HEAD_INIT, "_cpu", NULL, 0, methods, NULL, NULL, NULL, NULL};

PyMODINIT_FUNC PyInit__cpu(void) { return PyModule_Create(&module); }

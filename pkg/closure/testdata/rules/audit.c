/* The least an auditor may be: see rtld-audit(7). */
unsigned la_version(unsigned version) { return version; }

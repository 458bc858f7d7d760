// Code generated from table.txt by go test ./pkg/rules -update; DO NOT EDIT.

package rules

const tableSum = 0x1da6b90f

var tableRules = []Rule{
	Rule{Name: "nss", Why: "the libc looks names up as /etc/nsswitch.conf says, with one module a service; without the file /etc/hosts is ignored by some libcs", Size: "small", On: true, When: []Evidence{Evidence{Kind: "text", Arg: "/etc/nsswitch.conf"}, Evidence{Kind: "import", Arg: "getaddrinfo"}, Evidence{Kind: "import", Arg: "gethostbyname"}, Evidence{Kind: "import", Arg: "gethostbyname2"}, Evidence{Kind: "import", Arg: "gethostbyname_r"}, Evidence{Kind: "import", Arg: "gethostbyname2_r"}, Evidence{Kind: "import", Arg: "gethostbyaddr"}, Evidence{Kind: "import", Arg: "gethostbyaddr_r"}, Evidence{Kind: "import", Arg: "getnameinfo"}, Evidence{Kind: "import", Arg: "getpwnam"}, Evidence{Kind: "import", Arg: "getpwnam_r"}, Evidence{Kind: "import", Arg: "getpwuid"}, Evidence{Kind: "import", Arg: "getpwuid_r"}, Evidence{Kind: "import", Arg: "getpwent"}, Evidence{Kind: "import", Arg: "getgrnam"}, Evidence{Kind: "import", Arg: "getgrnam_r"}, Evidence{Kind: "import", Arg: "getgrgid"}, Evidence{Kind: "import", Arg: "getgrgid_r"}, Evidence{Kind: "import", Arg: "getgrent"}, Evidence{Kind: "import", Arg: "getgrouplist"}, Evidence{Kind: "import", Arg: "initgroups"}, Evidence{Kind: "import", Arg: "getservbyname"}, Evidence{Kind: "import", Arg: "getservbyname_r"}, Evidence{Kind: "import", Arg: "getservbyport"}, Evidence{Kind: "import", Arg: "getprotobyname"}, Evidence{Kind: "import", Arg: "getprotobynumber"}}, Do: []Action{Action{Verb: "file", Arg: "/etc/nsswitch.conf", Mode: 0x1a4, Text: "passwd: files\ngroup: files\nhosts: files dns\nservices: files\nprotocols: files\n"}, Action{Verb: "make", Arg: "nss"}}},

	Rule{Name: "users", Why: "programs turn user and group ids into names and home directories by /etc/passwd and /etc/group", Size: "small", On: true, When: []Evidence{Evidence{Kind: "text", Arg: "/etc/passwd"}, Evidence{Kind: "import", Arg: "getpwnam"}, Evidence{Kind: "import", Arg: "getpwnam_r"}, Evidence{Kind: "import", Arg: "getpwuid"}, Evidence{Kind: "import", Arg: "getpwuid_r"}, Evidence{Kind: "import", Arg: "getpwent"}, Evidence{Kind: "import", Arg: "getgrnam"}, Evidence{Kind: "import", Arg: "getgrnam_r"}, Evidence{Kind: "import", Arg: "getgrgid"}, Evidence{Kind: "import", Arg: "getgrgid_r"}, Evidence{Kind: "import", Arg: "getgrent"}, Evidence{Kind: "import", Arg: "getgrouplist"}, Evidence{Kind: "import", Arg: "initgroups"}}, Do: []Action{Action{Verb: "make", Arg: "passwd"}, Action{Verb: "make", Arg: "group"}}},

	Rule{Name: "service-accounts", Why: "a program that asks for accounts by name gives up its rights, or files, to one of those that services have", Size: "small", On: true, When: []Evidence{Evidence{Kind: "import", Arg: "getpwnam"}, Evidence{Kind: "import", Arg: "getpwnam_r"}, Evidence{Kind: "import", Arg: "getgrnam"}, Evidence{Kind: "import", Arg: "getgrnam_r"}}, Unless: []Evidence{Evidence{Kind: "soname", Arg: "libglib-2.0.so.*"}, Evidence{Kind: "soname", Arg: "libkrb5.so.*"}, Evidence{Kind: "soname", Arg: "libX11.so.*"}, Evidence{Kind: "soname", Arg: "libacl.so.*"}, Evidence{Kind: "soname", Arg: "libdbus-1.so.*"}}, Do: []Action{Action{Verb: "make", Arg: "services"}}},

	Rule{Name: "shadow", Why: "an account that has no entry there counts as expired where programs ask the shadow file", Size: "small", On: true, When: []Evidence{Evidence{Kind: "import", Arg: "getspnam"}, Evidence{Kind: "import", Arg: "getspnam_r"}}, Unless: []Evidence{Evidence{Kind: "soname", Arg: "libnss_*.so.*"}}, Do: []Action{Action{Verb: "make", Arg: "shadow"}}},

	Rule{Name: "services", Why: "getaddrinfo(\"host\", \"http\") fails without the numbers of services and protocols", Size: "small", On: true, When: []Evidence{Evidence{Kind: "text", Arg: "/etc/services"}, Evidence{Kind: "import", Arg: "getaddrinfo"}, Evidence{Kind: "import", Arg: "getservbyname"}, Evidence{Kind: "import", Arg: "getservbyname_r"}, Evidence{Kind: "import", Arg: "getservbyport"}, Evidence{Kind: "import", Arg: "getnameinfo"}, Evidence{Kind: "import", Arg: "getprotobyname"}, Evidence{Kind: "import", Arg: "getprotobynumber"}}, Do: []Action{Action{Verb: "add", Arg: "/etc/services"}, Action{Verb: "add", Arg: "/etc/protocols"}, Action{Verb: "add", Arg: "/etc/host.conf"}, Action{Verb: "add", Arg: "/etc/gai.conf"}}},

	Rule{Name: "rpc", Why: "the RPC library finds the transports and the program numbers here", Size: "small", On: true, When: []Evidence{Evidence{Kind: "soname", Arg: "libtirpc.so.*"}}, Do: []Action{Action{Verb: "add", Arg: "/etc/netconfig"}, Action{Verb: "add", Arg: "/etc/rpc"}}},

	Rule{Name: "certificates", Why: "a TLS library verifies its peers by the certificates of the root", Size: "small", On: true, When: []Evidence{Evidence{Kind: "text", Arg: "/etc/ssl/certs/ca-certificates.crt"}, Evidence{Kind: "text", Arg: "/etc/pki/tls/certs/ca-bundle.crt"}, Evidence{Kind: "soname", Arg: "libssl.so.*"}, Evidence{Kind: "soname", Arg: "libgnutls.so.*"}, Evidence{Kind: "soname", Arg: "libnss3.so"}, Evidence{Kind: "soname", Arg: "libmbedtls.so.*"}, Evidence{Kind: "soname", Arg: "libwolfssl.so.*"}, Evidence{Kind: "soname", Arg: "librustls.so*"}}, Do: []Action{Action{Verb: "add", Arg: "/etc/ssl/certs/ca-certificates.crt"}, Action{Verb: "add", Arg: "/etc/pki/tls/certs/ca-bundle.crt"}, Action{Verb: "add", Arg: "/etc/ssl/cert.pem"}, Action{Verb: "add", Arg: "/etc/ssl/ca-bundle.pem"}, Action{Verb: "add", Arg: "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem"}, Action{Verb: "add", Arg: "/usr/lib/ssl/cert.pem"}, Action{Verb: "add", Arg: "/etc/pki/tls/cert.pem"}, Action{Verb: "add", Arg: "$prefix/ssl/cert.pem"}}},

	Rule{Name: "certificate-directory", Why: "OpenSSL's default store is a directory of certificates named by their hashes; a program that asks for the default verifies by nothing else", Size: "small", On: true, When: []Evidence{Evidence{Kind: "import", Arg: "SSL_CTX_set_default_verify_paths"}, Evidence{Kind: "import", Arg: "SSL_CTX_set_default_verify_dir"}, Evidence{Kind: "import", Arg: "X509_STORE_set_default_paths"}}, Do: []Action{Action{Verb: "add", Arg: "/usr/lib/ssl/certs"}, Action{Verb: "add", Arg: "/etc/ssl/certs"}, Action{Verb: "add", Arg: "/etc/pki/tls/certs"}}},

	Rule{Name: "openssl", Why: "libcrypto reads openssl.cnf, and loads engines and providers that it names", Size: "small", On: true, When: []Evidence{Evidence{Kind: "soname", Arg: "libcrypto.so.*"}}, Do: []Action{Action{Verb: "add", Arg: "/etc/ssl/openssl.cnf"}, Action{Verb: "add", Arg: "/usr/lib/ssl/openssl.cnf"}, Action{Verb: "add", Arg: "/etc/pki/tls/openssl.cnf"}, Action{Verb: "add", Arg: "/etc/pki/tls/openssl.d"}, Action{Verb: "add", Arg: "$prefix/ssl/openssl.cnf"}, Action{Verb: "add", Arg: "/etc/crypto-policies/back-ends/opensslcnf.config"}, Action{Verb: "add", Arg: "/etc/crypto-policies/back-ends/openssl.config"}, Action{Verb: "add", Arg: "$dir/ossl-modules"}, Action{Verb: "add", Arg: "$dir/engines-$1"}}},

	Rule{Name: "gnutls", Why: "GnuTLS takes the system's priorities from here", Size: "small", On: true, When: []Evidence{Evidence{Kind: "soname", Arg: "libgnutls.so.*"}}, Do: []Action{Action{Verb: "add", Arg: "/etc/gnutls/config"}, Action{Verb: "add", Arg: "/etc/crypto-policies/back-ends/gnutls.config"}}},

	Rule{Name: "nss-tls", Why: "Mozilla's NSS loads its cryptography and its certificates as modules that lie beside it", Size: "medium", On: true, When: []Evidence{Evidence{Kind: "soname", Arg: "libnss3.so"}}, Do: []Action{Action{Verb: "add", Arg: "{$dir,$dir/nss}/lib{softokn3,freebl3,freeblpriv3,nssckbi,nssdbm3,nsssysinit}.{so,chk}"}, Action{Verb: "add", Arg: "/etc/pki/nssdb"}, Action{Verb: "add", Arg: "/etc/crypto-policies/back-ends/nss.config"}}},

	Rule{Name: "p11-kit", Why: "p11-kit finds tokens, the trusted certificates of some systems among them, by these files", Size: "small", On: true, When: []Evidence{Evidence{Kind: "soname", Arg: "libp11-kit.so.*"}}, Do: []Action{Action{Verb: "add", Arg: "$prefix/share/p11-kit/modules"}, Action{Verb: "add", Arg: "/etc/pkcs11"}, Action{Verb: "add", Arg: "$dir/pkcs11/p11-kit-trust.so"}, Action{Verb: "add", Arg: "/usr/share/pki/ca-trust-source"}, Action{Verb: "add", Arg: "/etc/pki/ca-trust/source"}}},

	Rule{Name: "kerberos", Why: "Kerberos reads the realms from krb5.conf and loads its pre-authentication methods", Size: "medium", On: true, When: []Evidence{Evidence{Kind: "soname", Arg: "libkrb5.so.3"}, Evidence{Kind: "soname", Arg: "libheimbase.so.*"}}, Do: []Action{Action{Verb: "add", Arg: "/etc/krb5.conf"}, Action{Verb: "add", Arg: "/etc/krb5.conf.d"}, Action{Verb: "add", Arg: "/etc/crypto-policies/back-ends/krb5.config"}, Action{Verb: "add", Arg: "$dir/krb5/plugins/{preauth,tls,libkrb5,authdata}"}}},

	Rule{Name: "kerberos-database", Why: "the servers of Kerberos reach their database by a module", Size: "small", On: true, When: []Evidence{Evidence{Kind: "soname", Arg: "libkdb5.so.*"}}, Do: []Action{Action{Verb: "add", Arg: "$dir/krb5/plugins/kdb"}, Action{Verb: "add", Arg: "/etc/krb5kdc/kdc.conf"}, Action{Verb: "add", Arg: "/var/kerberos/krb5kdc/kdc.conf"}}},

	Rule{Name: "verto", Why: "libverto waits for events by a module that it looks for beside itself", Size: "small", On: true, When: []Evidence{Evidence{Kind: "soname", Arg: "libverto.so.*"}}, Do: []Action{Action{Verb: "add", Arg: "$dir/libverto-*.so*"}}},

	Rule{Name: "gssapi", Why: "GSSAPI finds further mechanisms by these files", Size: "small", On: true, When: []Evidence{Evidence{Kind: "soname", Arg: "libgssapi_krb5.so.2"}}, Do: []Action{Action{Verb: "add", Arg: "/etc/gss/mech"}, Action{Verb: "add", Arg: "/etc/gss/mech.d"}, Action{Verb: "add", Arg: "$dir/gss"}}},

	Rule{Name: "sasl", Why: "SASL loads one plugin a mechanism, and knows none without", Size: "medium", On: true, When: []Evidence{Evidence{Kind: "soname", Arg: "libsasl2.so.*"}}, Do: []Action{Action{Verb: "add", Arg: "$dir/sasl2"}, Action{Verb: "add", Arg: "/etc/sasl2"}}, Skip: []string{"**/sasl2/libsasldb*", "**/sasl2/libsql*", "**/sasl2/libldapdb*", "**/sasl2/*.la"}},

	Rule{Name: "sasl-passwords", Why: "who sets a password of SASL's own does so by the module that keeps them", Size: "small", On: true, When: []Evidence{Evidence{Kind: "import", Arg: "sasl_setpass"}}, Do: []Action{Action{Verb: "add", Arg: "$lib/sasl2/libsasldb*.so*"}}},

	Rule{Name: "ldap", Why: "the LDAP library reads its defaults here, the certificates among them", Size: "small", On: true, When: []Evidence{Evidence{Kind: "soname", Arg: "libldap-*.so.*"}, Evidence{Kind: "soname", Arg: "libldap.so.*"}}, Do: []Action{Action{Verb: "add", Arg: "/etc/ldap/ldap.conf"}, Action{Verb: "add", Arg: "/etc/openldap/ldap.conf"}}},

	Rule{Name: "ldap-server", Why: "the LDAP server knows objects and attributes by the schemas that its configuration includes", Size: "small", On: true, When: []Evidence{Evidence{Kind: "text", Arg: "/etc/ldap/slapd.conf"}, Evidence{Kind: "text", Arg: "/etc/openldap/slapd.conf"}}, Do: []Action{Action{Verb: "add", Arg: "/etc/ldap/schema"}, Action{Verb: "add", Arg: "/etc/openldap/schema"}}},

	Rule{Name: "pam", Why: "PAM does what /etc/pam.d says, with one module a line", Size: "medium", On: true, When: []Evidence{Evidence{Kind: "soname", Arg: "libpam.so.*"}}, Do: []Action{Action{Verb: "add", Arg: "/etc/pam.d"}, Action{Verb: "add", Arg: "/etc/pam.conf"}, Action{Verb: "add", Arg: "/usr/lib/pam.d"}, Action{Verb: "add", Arg: "/usr/share/pam.d"}, Action{Verb: "add", Arg: "/etc/security"}, Action{Verb: "add", Arg: "/etc/login.defs"}, Action{Verb: "add", Arg: "$dir/security"}, Action{Verb: "add", Arg: "$lib/security"}, Action{Verb: "add", Arg: "/etc/shells"}, Action{Verb: "add", Arg: "/etc/ftpusers"}}, Skip: []string{"/etc/security/opasswd"}},

	Rule{Name: "login-shell", Why: "who opens a session for an account runs a shell in it, that of the account or /bin/sh", Size: "medium", On: true, When: []Evidence{Evidence{Kind: "main", Arg: "pam_open_session"}}, Do: []Action{Action{Verb: "add", Arg: "/bin/sh"}, Action{Verb: "make", Arg: "shells"}}},

	Rule{Name: "login-defs", Why: "the programs that manage accounts read their limits here", Size: "small", On: true, When: []Evidence{Evidence{Kind: "import", Arg: "putpwent"}, Evidence{Kind: "import", Arg: "putspent"}, Evidence{Kind: "import", Arg: "putgrent"}, Evidence{Kind: "import", Arg: "lckpwdf"}}, Do: []Action{Action{Verb: "add", Arg: "/etc/login.defs"}, Action{Verb: "add", Arg: "/etc/default/useradd"}}},

	Rule{Name: "sudo", Why: "sudo loads its policy and its output modules from beside its library", Size: "small", On: true, When: []Evidence{Evidence{Kind: "soname", Arg: "libsudo_util.so.*"}}, Do: []Action{Action{Verb: "add", Arg: "$dir/*.so"}, Action{Verb: "add", Arg: "/etc/sudo.conf"}, Action{Verb: "add", Arg: "/etc/sudoers"}, Action{Verb: "add", Arg: "/etc/sudoers.d"}}},

	Rule{Name: "gpgme", Why: "GPGME does everything by running GnuPG", If: "it signs, encrypts or verifies", Size: "medium", When: []Evidence{Evidence{Kind: "soname", Arg: "libgpgme.so.*"}}, Do: []Action{Action{Verb: "run", Arg: "$prefix/bin/{gpg,gpgsm,gpgconf,gpg-agent}"}, Action{Verb: "run", Arg: "/usr/lib/gnupg/{keyboxd,scdaemon}"}, Action{Verb: "run", Arg: "/usr/libexec/{keyboxd,scdaemon}"}}},

	Rule{Name: "gnupg", Why: "GnuPG leaves secret keys to an agent that lies beside it, with what talks to that", Size: "medium", On: true, When: []Evidence{Evidence{Kind: "text", Arg: "GNUPGHOME"}}, In: []string{"**/bin"}, Do: []Action{Action{Verb: "run", Arg: "$dir/gpg-agent"}, Action{Verb: "run", Arg: "$dir/gpg-connect-agent"}}},

	Rule{Name: "libgcc", Why: "pthread_exit, pthread_cancel and backtrace load libgcc_s by name, and abort without it", Size: "small", On: true, When: []Evidence{Evidence{Kind: "import", Arg: "pthread_exit"}, Evidence{Kind: "import", Arg: "pthread_cancel"}, Evidence{Kind: "import", Arg: "backtrace"}}, Do: []Action{Action{Verb: "load", Arg: "libgcc_s.so.1"}}},

	Rule{Name: "locale-c-utf8", Why: "without the C.UTF-8 locale programs silently treat text as ASCII", Size: "small", On: true, When: []Evidence{Evidence{Kind: "import", Arg: "setlocale"}, Evidence{Kind: "import", Arg: "newlocale"}, Evidence{Kind: "import", Arg: "_ZNSt6localeC1EPKc"}, Evidence{Kind: "import", Arg: "_ZNSt6localeC1ERKNSt7__cxx1112basic_stringIcSt11char_traitsIcESaIcEEE"}}, Unless: []Evidence{Evidence{Kind: "soname", Arg: "libstdc++.so.*"}}, Do: []Action{Action{Verb: "add", Arg: "/usr/lib/locale/C.{utf8,UTF-8}"}}},

	Rule{Name: "locales", Why: "every locale but C and C.UTF-8 is data, and so are translated messages", Size: "large", When: []Evidence{Evidence{Kind: "import", Arg: "setlocale"}, Evidence{Kind: "import", Arg: "newlocale"}}, Do: []Action{Action{Verb: "add", Arg: "/usr/lib/locale"}, Action{Verb: "add", Arg: "/usr/share/locale"}, Action{Verb: "add", Arg: "/usr/share/i18n/locales"}}},

	Rule{Name: "gconv-basic", Why: "iconv and stdio find UTF-16, UTF-32 and Latin encodings in modules", Size: "small", On: true, When: []Evidence{Evidence{Kind: "import", Arg: "iconv_open"}}, Unless: []Evidence{Evidence{Kind: "soname", Arg: "libstdc++.so.*"}}, Do: []Action{Action{Verb: "add", Arg: "$lib/gconv/gconv-modules.cache"}, Action{Verb: "add", Arg: "$lib/gconv/gconv-modules"}, Action{Verb: "add", Arg: "$lib/gconv/gconv-modules.d"}, Action{Verb: "add", Arg: "$lib/gconv/UTF-16.so"}, Action{Verb: "add", Arg: "$lib/gconv/UTF-32.so"}, Action{Verb: "add", Arg: "$lib/gconv/UTF-7.so"}, Action{Verb: "add", Arg: "$lib/gconv/UNICODE.so"}, Action{Verb: "add", Arg: "$lib/gconv/ISO8859-1.so"}, Action{Verb: "add", Arg: "$lib/gconv/ISO8859-15.so"}, Action{Verb: "add", Arg: "$lib/gconv/CP1252.so"}}},

	Rule{Name: "gconv", Why: "iconv_open knows all other encodings only through these modules", If: "it converts encodings other than UTF and Latin-1", Size: "large", When: []Evidence{Evidence{Kind: "import", Arg: "iconv_open"}}, Unless: []Evidence{Evidence{Kind: "soname", Arg: "libstdc++.so.*"}}, Do: []Action{Action{Verb: "add", Arg: "$lib/gconv"}}},

	Rule{Name: "localtime", Why: "local time is what /etc/localtime says", Size: "small", On: true, When: []Evidence{Evidence{Kind: "text", Arg: "/etc/localtime"}, Evidence{Kind: "import", Arg: "localtime"}, Evidence{Kind: "import", Arg: "localtime_r"}, Evidence{Kind: "import", Arg: "tzset"}, Evidence{Kind: "import", Arg: "mktime"}}, Do: []Action{Action{Verb: "add", Arg: "/etc/localtime"}, Action{Verb: "add", Arg: "/usr/share/zoneinfo/UTC"}}},

	Rule{Name: "tzdata", Why: "a time zone named by TZ is read from here", Size: "medium", When: []Evidence{Evidence{Kind: "import", Arg: "tzset"}, Evidence{Kind: "import", Arg: "localtime"}, Evidence{Kind: "import", Arg: "localtime_r"}}, Do: []Action{Action{Verb: "add", Arg: "/usr/share/zoneinfo"}}, Skip: []string{"/usr/share/zoneinfo/right", "/usr/share/zoneinfo/posix"}},

	Rule{Name: "tzdata-named", Why: "a time zone that a program asks for by its name is read from here", Size: "medium", On: true, When: []Evidence{Evidence{Kind: "import", Arg: "_ZN9QTimeZoneC1ERK10QByteArray"}}, Do: []Action{Action{Verb: "add", Arg: "/usr/share/zoneinfo"}}, Skip: []string{"/usr/share/zoneinfo/right", "/usr/share/zoneinfo/posix"}},

	Rule{Name: "tzdata-zone", Why: "a program that names a time zone and where zones are kept reads it from there", Size: "medium", On: true, When: []Evidence{Evidence{Kind: "text", Arg: "/usr/share/zoneinfo"}}, And: []Evidence{Evidence{Kind: "text", Arg: "America/Los_Angeles"}, Evidence{Kind: "text", Arg: "America/New_York"}, Evidence{Kind: "text", Arg: "Europe/London"}, Evidence{Kind: "text", Arg: "Europe/Berlin"}, Evidence{Kind: "text", Arg: "Asia/Tokyo"}}, Unless: []Evidence{Evidence{Kind: "soname", Arg: "lib*.so*"}}, Do: []Action{Action{Verb: "add", Arg: "/usr/share/zoneinfo"}}, Skip: []string{"/usr/share/zoneinfo/right", "/usr/share/zoneinfo/posix"}},

	Rule{Name: "tzdata-icu", Why: "ICU tells the local time zone by comparing /etc/localtime with the zones it knows", Size: "small", On: true, When: []Evidence{Evidence{Kind: "soname", Arg: "libicuuc.so.*"}}, Do: []Action{Action{Verb: "add", Arg: "/etc/localtime"}, Action{Verb: "add", Arg: "/etc/timezone"}}},

	Rule{Name: "tmp", Why: "temporary files need a place", Size: "small", On: true, When: []Evidence{Evidence{Kind: "import", Arg: "mkstemp"}, Evidence{Kind: "import", Arg: "mkstemp64"}, Evidence{Kind: "import", Arg: "mkostemp"}, Evidence{Kind: "import", Arg: "mkostemp64"}, Evidence{Kind: "import", Arg: "mkstemps"}, Evidence{Kind: "import", Arg: "mkstemps64"}, Evidence{Kind: "import", Arg: "mkostemps"}, Evidence{Kind: "import", Arg: "mkdtemp"}, Evidence{Kind: "import", Arg: "tmpfile"}, Evidence{Kind: "import", Arg: "tmpfile64"}, Evidence{Kind: "import", Arg: "tmpnam"}, Evidence{Kind: "import", Arg: "tempnam"}}, Do: []Action{Action{Verb: "dir", Arg: "/tmp", Mode: 0x1001ff}}},

	Rule{Name: "terminfo", Why: "ncurses refuses to start for a terminal it has no description of", Size: "small", On: true, When: []Evidence{Evidence{Kind: "text", Arg: "/usr/share/terminfo"}, Evidence{Kind: "soname", Arg: "libtinfo.so.*"}, Evidence{Kind: "soname", Arg: "libtinfow.so.*"}, Evidence{Kind: "soname", Arg: "libncurses.so.*"}, Evidence{Kind: "soname", Arg: "libncursesw.so.*"}, Evidence{Kind: "soname", Arg: "libslang.so.*"}, Evidence{Kind: "soname", Arg: "libtermcap.so.*"}}, Do: []Action{Action{Verb: "add", Arg: "/{etc,lib,usr/lib,usr/share}/terminfo/{a/ansi,a/alacritty,c/cygwin,d/dumb,l/linux,r/rxvt,r/rxvt-unicode,r/rxvt-unicode-256color,s/screen,s/screen-256color,t/tmux,t/tmux-256color,v/vt100,v/vt102,v/vt220,x/xterm,x/xterm-256color,x/xterm-color,x/xterm-kitty}"}}},

	Rule{Name: "readline", Why: "readline reads the key bindings here", Size: "small", On: true, When: []Evidence{Evidence{Kind: "soname", Arg: "libreadline.so.*"}}, Do: []Action{Action{Verb: "add", Arg: "/etc/inputrc"}}},

	Rule{Name: "terminal-shell", Why: "a program that starts others on a terminal of their own starts a shell where nobody says otherwise", Size: "small", On: true, When: []Evidence{Evidence{Kind: "import", Arg: "forkpty"}, Evidence{Kind: "import", Arg: "openpty"}, Evidence{Kind: "import", Arg: "posix_openpt"}, Evidence{Kind: "import", Arg: "getpt"}}, And: []Evidence{Evidence{Kind: "text", Arg: "/bin/sh"}}, Do: []Action{Action{Verb: "add", Arg: "/bin/sh"}}},

	Rule{Name: "magic", Why: "libmagic knows file types only by this database", Size: "medium", On: true, When: []Evidence{Evidence{Kind: "soname", Arg: "libmagic.so.*"}}, Do: []Action{Action{Verb: "add", Arg: "/usr/share/misc/magic.mgc"}, Action{Verb: "add", Arg: "/usr/lib/file/magic.mgc"}, Action{Verb: "add", Arg: "/usr/share/file/misc/magic.mgc"}, Action{Verb: "add", Arg: "$prefix/share/misc/magic.mgc"}, Action{Verb: "add", Arg: "/etc/magic"}, Action{Verb: "add", Arg: "/etc/magic.mime"}}},

	Rule{Name: "xml-catalog", Why: "libxml2 finds local copies of DTDs by the catalogs", Size: "small", On: true, When: []Evidence{Evidence{Kind: "import", Arg: "xmlLoadCatalogs"}, Evidence{Kind: "import", Arg: "xmlInitializeCatalog"}, Evidence{Kind: "import", Arg: "xmlCatalogResolve"}, Evidence{Kind: "import", Arg: "xmlLoadCatalog"}}, Do: []Action{Action{Verb: "add", Arg: "/etc/xml"}, Action{Verb: "add", Arg: "/etc/sgml/catalog"}}},

	Rule{Name: "xml-documents", Why: "catalogs lead to copies of DTDs, entities and style sheets", If: "it reads documents or style sheets that name these", Size: "large", When: []Evidence{Evidence{Kind: "import", Arg: "xmlLoadCatalogs"}, Evidence{Kind: "import", Arg: "xmlInitializeCatalog"}, Evidence{Kind: "import", Arg: "xmlCatalogResolve"}, Evidence{Kind: "import", Arg: "xmlLoadCatalog"}}, Do: []Action{Action{Verb: "add", Arg: "/usr/share/xml"}, Action{Verb: "add", Arg: "/usr/share/sgml"}}},

	Rule{Name: "mime", Why: "GIO, Qt and the desktop libraries tell file types by this database", Size: "small", On: true, When: []Evidence{Evidence{Kind: "import", Arg: "g_content_type_guess"}, Evidence{Kind: "import", Arg: "xdg_mime_get_mime_type_for_file"}, Evidence{Kind: "import", Arg: "_ZN13QMimeDatabaseC1Ev"}, Evidence{Kind: "soname", Arg: "libgdk_pixbuf-2.0.so.*"}}, Do: []Action{Action{Verb: "add", Arg: "/usr/share/mime/{mime.cache,magic,globs2,globs,aliases,subclasses,icons,generic-icons,types,treemagic,XMLnamespaces,version}"}}},

	Rule{Name: "hunspell", Why: "spell checkers need a dictionary", If: "it checks spelling", Size: "medium", When: []Evidence{Evidence{Kind: "soname", Arg: "libhunspell-*.so.*"}, Evidence{Kind: "soname", Arg: "libhunspell.so.*"}}, Do: []Action{Action{Verb: "add", Arg: "/usr/share/hunspell"}, Action{Verb: "add", Arg: "/usr/share/myspell"}}},

	Rule{Name: "aspell", Why: "aspell needs its dictionaries and the data of a language", Size: "medium", On: true, When: []Evidence{Evidence{Kind: "soname", Arg: "libaspell.so.*"}}, Do: []Action{Action{Verb: "add", Arg: "$dir/aspell"}, Action{Verb: "add", Arg: "/usr/lib/aspell"}, Action{Verb: "add", Arg: "/usr/lib/aspell-*"}, Action{Verb: "add", Arg: "/usr/share/aspell"}, Action{Verb: "add", Arg: "/var/lib/aspell"}}},

	Rule{Name: "enchant", Why: "enchant loads the spell checkers as modules", Size: "small", On: true, When: []Evidence{Evidence{Kind: "soname", Arg: "libenchant*.so.*"}}, Do: []Action{Action{Verb: "add", Arg: "$dir/enchant-*"}, Action{Verb: "add", Arg: "$prefix/share/enchant*"}}},

	Rule{Name: "gsettings", Why: "g_settings_new aborts the program where its schema is not there", Size: "small", On: true, When: []Evidence{Evidence{Kind: "import", Arg: "g_settings_new"}, Evidence{Kind: "import", Arg: "g_settings_new_with_path"}, Evidence{Kind: "import", Arg: "g_settings_new_with_backend"}, Evidence{Kind: "import", Arg: "g_settings_new_full"}, Evidence{Kind: "import", Arg: "g_settings_schema_source_get_default"}}, Do: []Action{Action{Verb: "add", Arg: "/usr/share/glib-2.0/schemas/gschemas.compiled"}, Action{Verb: "add", Arg: "$prefix/share/glib-2.0/schemas/gschemas.compiled"}, Action{Verb: "add", Arg: "/usr/lib/*/gio/modules/giomodule.cache"}}},

	Rule{Name: "gio-tls", Why: "GIO does TLS by a module", Size: "medium", On: true, When: []Evidence{Evidence{Kind: "import", Arg: "g_tls_client_connection_new"}, Evidence{Kind: "import", Arg: "g_tls_server_connection_new"}, Evidence{Kind: "import", Arg: "g_tls_backend_get_default"}, Evidence{Kind: "import", Arg: "g_socket_client_set_tls"}, Evidence{Kind: "soname", Arg: "libsoup-*.so.*"}}, Do: []Action{Action{Verb: "add", Arg: "$lib/gio/modules/libgio{gnutls,openssl}.so"}, Action{Verb: "add", Arg: "$lib/gio/modules/giomodule.cache"}}},

	Rule{Name: "gio-modules", Why: "GIO finds proxies, settings daemons and remote file systems by modules", If: "it uses the desktop's proxy, settings or network folders", Size: "large", When: []Evidence{Evidence{Kind: "import", Arg: "g_settings_new"}, Evidence{Kind: "import", Arg: "g_proxy_resolver_get_default"}}, Do: []Action{Action{Verb: "add", Arg: "$lib/gio/modules"}}},

	Rule{Name: "dconf", Why: "dconf reads the profile and the system's settings here", Size: "small", On: true, When: []Evidence{Evidence{Kind: "soname", Arg: "libdconf.so.*"}}, Do: []Action{Action{Verb: "add", Arg: "/etc/dconf"}}},

	Rule{Name: "libproxy", Why: "libproxy loads one module a source of settings", Size: "small", On: true, When: []Evidence{Evidence{Kind: "soname", Arg: "libproxy.so.*"}}, Do: []Action{Action{Verb: "add", Arg: "$dir/libproxy"}}},

	Rule{Name: "girepository", Why: "the introspection of a library is a file of its own", Size: "medium", On: true, When: []Evidence{Evidence{Kind: "soname", Arg: "libgirepository-*.so.*"}}, Do: []Action{Action{Verb: "add", Arg: "$dir/girepository-1.0"}, Action{Verb: "add", Arg: "$prefix/lib/girepository-1.0"}}},

	Rule{Name: "gdk-pixbuf", Why: "gdk-pixbuf loads one module an image format, as its cache lists", Size: "medium", On: true, When: []Evidence{Evidence{Kind: "soname", Arg: "libgdk_pixbuf-2.0.so.*"}}, Do: []Action{Action{Verb: "add", Arg: "$dir/gdk-pixbuf-2.0/*/loaders"}, Action{Verb: "add", Arg: "$dir/gdk-pixbuf-2.0/*/loaders.cache"}}, Skip: []string{"**/libpixbufloader-svg.so"}},

	Rule{Name: "gdk-pixbuf-svg", Why: "icons are SVG pictures, whose module brings a large library", Size: "large", On: true, When: []Evidence{Evidence{Kind: "soname", Arg: "libgtk-*.so.*"}}, Do: []Action{Action{Verb: "add", Arg: "$dir/gdk-pixbuf-2.0/*/loaders/libpixbufloader-svg.so"}}},

	Rule{Name: "gdk-pixbuf-vector", Why: "pictures in SVG are read by a module that brings a large library", If: "it reads pictures in SVG", Size: "large", When: []Evidence{Evidence{Kind: "soname", Arg: "libgdk_pixbuf-2.0.so.*"}}, Do: []Action{Action{Verb: "add", Arg: "$dir/gdk-pixbuf-2.0/*/loaders/libpixbufloader-svg.so"}}},

	Rule{Name: "gtk", Why: "GTK loads input methods, and what plays media and prints, as modules", Size: "small", On: true, When: []Evidence{Evidence{Kind: "soname", Arg: "libgtk-*.so.*"}}, Do: []Action{Action{Verb: "add", Arg: "$dir/gtk-$1.0/*/{immodules,immodules.cache,media,printbackends}"}, Action{Verb: "add", Arg: "/etc/gtk-$1.0"}}},

	Rule{Name: "gtk-2", Why: "GTK 2 loads input methods and themes as modules", Size: "small", On: true, When: []Evidence{Evidence{Kind: "soname", Arg: "libgtk-x11-2.0.so.*"}, Evidence{Kind: "soname", Arg: "libgtk-directfb-2.0.so.*"}}, Do: []Action{Action{Verb: "add", Arg: "$dir/gtk-2.0/*/{immodules,immodules.cache,engines,printbackends}"}, Action{Verb: "add", Arg: "/etc/gtk-2.0"}}},

	Rule{Name: "icons", Why: "GTK and Qt draw nothing where a theme's icon is missing", If: "it shows icons", Size: "large", When: []Evidence{Evidence{Kind: "soname", Arg: "libgtk-3.so.*"}, Evidence{Kind: "soname", Arg: "libgtk-4.so.*"}, Evidence{Kind: "soname", Arg: "libQt5Widgets.so.*"}, Evidence{Kind: "soname", Arg: "libQt6Widgets.so.*"}}, Do: []Action{Action{Verb: "add", Arg: "/usr/share/icons/{Adwaita,hicolor,breeze}"}}},

	Rule{Name: "qt", Why: "Qt loads platforms, image formats and the like as plugins, and aborts without a platform", Size: "medium", On: true, When: []Evidence{Evidence{Kind: "soname", Arg: "libQt*Gui.so.*"}}, Do: []Action{Action{Verb: "add", Arg: "{$dir/qt,$dir/qt$1,$prefix}/plugins/{platforms,imageformats,iconengines,platforminputcontexts,platformthemes,styles,generic,xcbglintegrations,egldeviceintegrations,wayland-shell-integration,wayland-decoration-client,wayland-graphics-integration-client}"}}},

	Rule{Name: "qt-network", Why: "Qt does TLS and watches the network by plugins", Size: "small", On: true, When: []Evidence{Evidence{Kind: "soname", Arg: "libQt*Network.so.*"}}, Do: []Action{Action{Verb: "add", Arg: "{$dir/qt,$dir/qt$1,$prefix}/plugins/{bearer,tls,networkinformation}"}}},

	Rule{Name: "qt-tls", Why: "Qt opens OpenSSL by name when a program first asks for TLS", Size: "medium", On: true, When: []Evidence{Evidence{Kind: "soname", Arg: "libQt5Network.so.*"}, Evidence{Kind: "soname", Arg: "libqopensslbackend.so"}}, Do: []Action{Action{Verb: "load", Arg: "libssl.so.3"}, Action{Verb: "load", Arg: "libcrypto.so.3"}, Action{Verb: "load", Arg: "libssl.so.1.1"}, Action{Verb: "load", Arg: "libcrypto.so.1.1"}, Action{Verb: "add", Arg: "/usr/lib/ssl/certs"}, Action{Verb: "add", Arg: "/etc/ssl/certs"}}},

	Rule{Name: "qt-sql", Why: "Qt reaches databases by plugins", Size: "small", On: true, When: []Evidence{Evidence{Kind: "soname", Arg: "libQt*Sql.so.*"}}, Do: []Action{Action{Verb: "add", Arg: "{$dir/qt,$dir/qt$1,$prefix}/plugins/sqldrivers"}}},

	Rule{Name: "qt-multimedia", Why: "Qt plays sound and video by plugins", Size: "small", On: true, When: []Evidence{Evidence{Kind: "soname", Arg: "libQt*Multimedia.so.*"}}, Do: []Action{Action{Verb: "add", Arg: "{$dir/qt,$dir/qt$1,$prefix}/plugins/{audio,mediaservice,multimedia,playlistformats,resourcepolicy,video}"}}},

	Rule{Name: "qt-print", Why: "Qt prints by a plugin", Size: "small", On: true, When: []Evidence{Evidence{Kind: "soname", Arg: "libQt*PrintSupport.so.*"}}, Do: []Action{Action{Verb: "add", Arg: "{$dir/qt,$dir/qt$1,$prefix}/plugins/printsupport"}}},

	Rule{Name: "qml", Why: "a QML program imports modules by name", Size: "large", On: true, When: []Evidence{Evidence{Kind: "soname", Arg: "libQt*Qml.so.*"}}, Do: []Action{Action{Verb: "add", Arg: "{$dir/qt,$dir/qt$1,$prefix}/qml"}}},

	Rule{Name: "qtwebengine", Why: "Qt's browser runs a helper program with resources and translations of its own", Size: "large", On: true, When: []Evidence{Evidence{Kind: "soname", Arg: "libQt*WebEngineCore.so.*"}}, Do: []Action{Action{Verb: "add", Arg: "{$dir/qt,$dir/qt$1,$prefix}/libexec/QtWebEngineProcess"}, Action{Verb: "add", Arg: "$prefix/lib/qt{,$1}/libexec/QtWebEngineProcess"}, Action{Verb: "add", Arg: "$prefix/share/qt{,$1}/resources"}, Action{Verb: "add", Arg: "{$dir/qt$1,$prefix}/resources"}, Action{Verb: "add", Arg: "$prefix/share/qt{,$1}/translations/qtwebengine_locales"}}},

	Rule{Name: "fontconfig", Why: "fontconfig finds no font without its configuration", Size: "small", On: true, When: []Evidence{Evidence{Kind: "soname", Arg: "libfontconfig.so.*"}}, Do: []Action{Action{Verb: "add", Arg: "/etc/fonts"}, Action{Verb: "add", Arg: "/usr/share/fontconfig"}, Action{Verb: "add", Arg: "/usr/share/xml/fontconfig"}, Action{Verb: "dir", Arg: "/var/cache/fontconfig", Mode: 0x1ed}}},

	Rule{Name: "font", Why: "drawing text takes at least one font, and documents ask for one with serifs and one of equal widths too", Size: "small", On: true, When: []Evidence{Evidence{Kind: "soname", Arg: "libfontconfig.so.*"}}, Do: []Action{Action{Verb: "add", Arg: "/usr/share/fonts/{,*/,*/*/}{DejaVuSans,DejaVuSerif,DejaVuSansMono,LiberationSans-Regular,LiberationSerif-Regular,LiberationMono-Regular}.ttf"}}},

	Rule{Name: "fonts", Why: "text in other scripts and styles takes further fonts", If: "it draws text in more than one font", Size: "large", When: []Evidence{Evidence{Kind: "soname", Arg: "libpango-1.0.so.*"}, Evidence{Kind: "soname", Arg: "libcairo.so.*"}}, Do: []Action{Action{Verb: "add", Arg: "/usr/share/fonts"}, Action{Verb: "add", Arg: "/usr/local/share/fonts"}, Action{Verb: "add", Arg: "/var/cache/fontconfig"}}},

	Rule{Name: "x11-locale", Why: "Xlib supports no locale, and composes no characters, without its database", Size: "small", On: true, When: []Evidence{Evidence{Kind: "soname", Arg: "libX11.so.*"}}, Do: []Action{Action{Verb: "add", Arg: "/usr/share/X11/locale/{locale.dir,locale.alias,compose.dir,C,en_US.UTF-8,iso8859-1}"}, Action{Verb: "add", Arg: "/usr/share/X11/XErrorDB"}, Action{Verb: "add", Arg: "/usr/share/X11/rgb.txt"}}},

	Rule{Name: "x11-resources", Why: "programs of the X toolkit look as their resource files say", Size: "small", On: true, When: []Evidence{Evidence{Kind: "soname", Arg: "libXt.so.*"}}, Do: []Action{Action{Verb: "add", Arg: "/etc/X11/app-defaults"}, Action{Verb: "add", Arg: "/usr/share/X11/app-defaults"}, Action{Verb: "add", Arg: "/etc/X11/Xresources"}}},

	Rule{Name: "xkb", Why: "key maps are compiled from these files", Size: "medium", On: true, When: []Evidence{Evidence{Kind: "import", Arg: "xkb_keymap_new_from_names"}, Evidence{Kind: "import", Arg: "xkb_keymap_new_from_rmlvo"}, Evidence{Kind: "soname", Arg: "libxkbfile.so.*"}}, Exists: []string{"/usr/share/X11/xkb/rules"}, Do: []Action{Action{Verb: "add", Arg: "/usr/share/X11/xkb"}}},

	Rule{Name: "xkb-server", Why: "an X server compiles its key map by running xkbcomp, by the shell", Size: "medium", On: true, When: []Evidence{Evidence{Kind: "text", Arg: "/usr/share/X11/xkb"}}, In: []string{"**/bin", "**/lib/xorg"}, Do: []Action{Action{Verb: "add", Arg: "/usr/share/X11/xkb"}, Action{Verb: "add", Arg: "/bin/sh"}, Action{Verb: "run", Arg: "/usr/bin/xkbcomp"}, Action{Verb: "dir", Arg: "/tmp", Mode: 0x1001ff}}},

	Rule{Name: "opengl", Why: "the OpenGL and EGL dispatchers load a vendor's library, and that a driver", If: "it draws by OpenGL", Size: "large", When: []Evidence{Evidence{Kind: "soname", Arg: "libGLX.so.*"}, Evidence{Kind: "soname", Arg: "libEGL.so.*"}, Evidence{Kind: "soname", Arg: "libGL.so.*"}}, Do: []Action{Action{Verb: "add", Arg: "/usr/share/glvnd"}, Action{Verb: "add", Arg: "/etc/glvnd"}, Action{Verb: "add", Arg: "/usr/share/drirc.d"}, Action{Verb: "add", Arg: "/usr/share/libdrm"}, Action{Verb: "load", Arg: "libGLX_mesa.so.0"}, Action{Verb: "load", Arg: "libEGL_mesa.so.0"}, Action{Verb: "load", Arg: "libGLX_nvidia.so.0"}, Action{Verb: "load", Arg: "libEGL_nvidia.so.0"}, Action{Verb: "add", Arg: "$lib/dri/*_dri.so"}, Action{Verb: "add", Arg: "$lib/gbm"}, Action{Verb: "add", Arg: "$lib/libgallium-*.so"}}},

	Rule{Name: "vulkan", Why: "the Vulkan loader finds the drivers by its manifests", If: "it draws by Vulkan", Size: "large", When: []Evidence{Evidence{Kind: "soname", Arg: "libvulkan.so.*"}}, Do: []Action{Action{Verb: "add", Arg: "/etc/vulkan"}, Action{Verb: "add", Arg: "/usr/share/vulkan"}, Action{Verb: "add", Arg: "$lib/libvulkan_*.so"}}},

	Rule{Name: "vulkan-loader", Why: "programs that choose what they draw by open the loader of Vulkan by name", Size: "medium", On: true, When: []Evidence{Evidence{Kind: "text", Arg: "libvulkan.so.1"}}, Do: []Action{Action{Verb: "load", Arg: "libvulkan.so.1"}}},

	Rule{Name: "opencl", Why: "the OpenCL loader finds the drivers by its manifests", If: "it computes by OpenCL", Size: "large", When: []Evidence{Evidence{Kind: "soname", Arg: "libOpenCL.so.*"}}, Do: []Action{Action{Verb: "add", Arg: "/etc/OpenCL"}, Action{Verb: "add", Arg: "/usr/share/OpenCL"}, Action{Verb: "add", Arg: "$lib/libMesaOpenCL.so.*"}, Action{Verb: "add", Arg: "$lib/libpocl.so.*"}, Action{Verb: "add", Arg: "$lib/pocl"}}},

	Rule{Name: "video-acceleration", Why: "libva and libvdpau load the driver of the graphics card", If: "it decodes video in hardware", Size: "large", When: []Evidence{Evidence{Kind: "soname", Arg: "libva.so.*"}, Evidence{Kind: "soname", Arg: "libvdpau.so.*"}, Evidence{Kind: "soname", Arg: "libmfx.so.*"}}, Do: []Action{Action{Verb: "add", Arg: "$lib/dri/*_drv_video.so"}, Action{Verb: "add", Arg: "$lib/vdpau"}, Action{Verb: "add", Arg: "$lib/mfx"}, Action{Verb: "add", Arg: "/etc/vdpau_wrapper.cfg"}}},

	Rule{Name: "alsa", Why: "ALSA opens no device without its configuration", Size: "small", On: true, When: []Evidence{Evidence{Kind: "soname", Arg: "libasound.so.*"}}, Do: []Action{Action{Verb: "add", Arg: "/usr/share/alsa/{alsa.conf,alsa.conf.d,cards,pcm,ctl}"}, Action{Verb: "add", Arg: "/etc/alsa"}, Action{Verb: "add", Arg: "/etc/asound.conf"}, Action{Verb: "add", Arg: "$dir/alsa-lib"}}, Skip: []string{"*/alsa-lib/*_a52.so", "*/alsa-lib/*_lavrate*.so"}},

	Rule{Name: "pulseaudio", Why: "clients find the sound server as this says", Size: "small", On: true, When: []Evidence{Evidence{Kind: "soname", Arg: "libpulse.so.*"}}, Do: []Action{Action{Verb: "add", Arg: "/etc/pulse/client.conf"}, Action{Verb: "add", Arg: "/etc/pulse/client.conf.d"}}},

	Rule{Name: "pipewire", Why: "PipeWire loads its parts as modules, and how to log, to wait and to talk to its server are some of these", Size: "medium", On: true, When: []Evidence{Evidence{Kind: "soname", Arg: "libpipewire-0.3.so.*"}}, Do: []Action{Action{Verb: "add", Arg: "$dir/spa-0.2/{support,audioconvert,audiomixer,control,videoconvert}"}, Action{Verb: "add", Arg: "$dir/pipewire-0.3"}, Action{Verb: "add", Arg: "$prefix/share/pipewire"}, Action{Verb: "add", Arg: "/etc/pipewire"}}, Skip: []string{"*/videoconvert/*ffmpeg*", "*/pipewire-0.3/libpipewire-module-{jack*,roc*,avb,ffado*,zeroconf*,raop*,x11-bell,rt*-sap}.so"}},

	Rule{Name: "pipewire-server", Why: "the server of PipeWire reaches devices by further modules", Size: "medium", On: true, When: []Evidence{Evidence{Kind: "text", Arg: "libpipewire-module-protocol-native"}}, In: []string{"**/bin"}, Do: []Action{Action{Verb: "add", Arg: "$lib/spa-0.2/{alsa,v4l2,audiotestsrc,videotestsrc}"}}},

	Rule{Name: "sdl", Why: "the libraries of older versions of SDL open that of a newer one by name", Size: "medium", On: true, When: []Evidence{Evidence{Kind: "soname", Arg: "libSDL-1.2.so.0"}}, Do: []Action{Action{Verb: "load", Arg: "libSDL2-2.0.so.0"}}},

	Rule{Name: "sdl-2", Why: "the library of SDL 2 that is built on SDL 3 opens that by name", Size: "medium", On: true, When: []Evidence{Evidence{Kind: "soname", Arg: "libSDL2-2.0.so.0"}}, Do: []Action{Action{Verb: "load", Arg: "libSDL3.so.0"}}},

	Rule{Name: "openal", Why: "OpenAL reads its configuration here", Size: "small", On: true, When: []Evidence{Evidence{Kind: "soname", Arg: "libopenal.so.*"}}, Do: []Action{Action{Verb: "add", Arg: "/etc/openal"}, Action{Verb: "add", Arg: "/usr/share/openal"}}},

	Rule{Name: "libcaca", Why: "libcaca draws by modules", Size: "small", On: true, When: []Evidence{Evidence{Kind: "soname", Arg: "libcaca.so.*"}}, Do: []Action{Action{Verb: "add", Arg: "$dir/caca"}}},

	Rule{Name: "directfb", Why: "DirectFB loads its systems, drivers and interfaces as modules", Size: "medium", On: true, When: []Evidence{Evidence{Kind: "soname", Arg: "libdirectfb-*.so.*"}}, Do: []Action{Action{Verb: "add", Arg: "$dir/directfb-*"}}},

	Rule{Name: "v4l", Why: "libv4l converts pictures by plugins and helpers", Size: "small", On: true, When: []Evidence{Evidence{Kind: "soname", Arg: "libv4l2.so.*"}, Evidence{Kind: "soname", Arg: "libv4lconvert.so.*"}}, Do: []Action{Action{Verb: "add", Arg: "$dir/libv4l"}, Action{Verb: "add", Arg: "$dir/libv4l?convert*"}}},

	Rule{Name: "imagemagick", Why: "ImageMagick reads and writes each format by a module, bound by its policy", Size: "medium", On: true, When: []Evidence{Evidence{Kind: "soname", Arg: "libMagickCore-*.*.so.*"}}, Do: []Action{Action{Verb: "add", Arg: "$dir/ImageMagick-$1*/modules-$2"}, Action{Verb: "add", Arg: "$dir/ImageMagick-$1*/config-$2"}, Action{Verb: "add", Arg: "$prefix/share/ImageMagick-$1"}, Action{Verb: "add", Arg: "/etc/ImageMagick-$1"}}, Skip: []string{"**/coders/heic.*"}},

	Rule{Name: "imagemagick-heic", Why: "the module for HEIC and AVIF brings video codecs", If: "it reads or writes HEIC or AVIF", Size: "large", When: []Evidence{Evidence{Kind: "soname", Arg: "libMagickCore-*.*.so.*"}}, Do: []Action{Action{Verb: "add", Arg: "$dir/ImageMagick-$1*/modules-$2/coders/heic.*"}}},

	Rule{Name: "graphicsmagick", Why: "GraphicsMagick reads and writes each format by a module", Size: "medium", On: true, When: []Evidence{Evidence{Kind: "soname", Arg: "libGraphicsMagick*.so.*"}}, Do: []Action{Action{Verb: "add", Arg: "$dir/GraphicsMagick-*"}, Action{Verb: "add", Arg: "$prefix/share/GraphicsMagick-*"}}},

	Rule{Name: "magick-fonts", Why: "the lists of ImageMagick and GraphicsMagick name these fonts, and text is drawn in one of them unless another is asked for", Size: "medium", On: true, When: []Evidence{Evidence{Kind: "rule", Arg: "imagemagick"}, Evidence{Kind: "rule", Arg: "graphicsmagick"}}, Do: []Action{Action{Verb: "add", Arg: "/usr/share/fonts/{type1,opentype}/{urw-base35,gsfonts}"}, Action{Verb: "add", Arg: "/usr/share/fonts/urw-base35"}}},

	Rule{Name: "gstreamer-basic", Why: "GStreamer does everything, copying included, by plugins", Size: "medium", On: true, When: []Evidence{Evidence{Kind: "soname", Arg: "libgstreamer-1.0.so.*"}}, Do: []Action{Action{Verb: "add", Arg: "$dir/gstreamer-1.0/libgst{coreelements,coretracers,app,typefindfunctions,playback,audioconvert,audioresample,audiotestsrc,videotestsrc,videoconvert,videoconvertscale,videoscale,volume,autodetect}.so"}, Action{Verb: "add", Arg: "$dir/gstreamer1.0/gstreamer-1.0/gst-plugin-scanner"}, Action{Verb: "add", Arg: "$dir/gstreamer-1.0/gst-plugin-scanner"}, Action{Verb: "add", Arg: "$prefix/libexec/gstreamer-1.0/gst-plugin-scanner"}}},

	Rule{Name: "gstreamer", Why: "GStreamer reads and writes each format by a plugin", If: "it plays or writes media files", Size: "large", When: []Evidence{Evidence{Kind: "soname", Arg: "libgstreamer-1.0.so.*"}}, Do: []Action{Action{Verb: "add", Arg: "$dir/gstreamer-1.0"}, Action{Verb: "add", Arg: "$prefix/share/gstreamer-1.0"}, Action{Verb: "add", Arg: "$prefix/share/gst-plugins-base"}}},

	Rule{Name: "gstreamer-all", Why: "who is told by the user which plugins to use, or lists them, is nothing without any of them", Size: "large", On: true, When: []Evidence{Evidence{Kind: "import", Arg: "gst_parse_launchv"}, Evidence{Kind: "import", Arg: "gst_registry_get_plugin_list"}}, Do: []Action{Action{Verb: "add", Arg: "$lib/gstreamer-1.0"}, Action{Verb: "add", Arg: "$prefix/share/gstreamer-1.0"}, Action{Verb: "add", Arg: "$prefix/share/gst-plugins-base"}}},

	Rule{Name: "graphviz", Why: "Graphviz lays out and draws by plugins that its configuration lists", Size: "large", On: true, When: []Evidence{Evidence{Kind: "soname", Arg: "libgvc.so.*"}}, Do: []Action{Action{Verb: "add", Arg: "$dir/graphviz"}}},

	Rule{Name: "kpathsea", Why: "the programs of TeX find all other files by what texmf.cnf says", Size: "small", On: true, When: []Evidence{Evidence{Kind: "soname", Arg: "libkpathsea.so.*"}}, Do: []Action{Action{Verb: "add", Arg: "/etc/texmf/web2c"}, Action{Verb: "add", Arg: "$prefix/share/texmf/web2c"}, Action{Verb: "add", Arg: "$prefix/share/{texlive/,}texmf-dist/web2c"}}},

	Rule{Name: "texmf", Why: "TeX and its kin read formats, macros and fonts from the installed trees, which their inputs name", Size: "large", On: true, When: []Evidence{Evidence{Kind: "import", Arg: "kpse_set_program_name"}, Evidence{Kind: "import", Arg: "kpathsea_set_program_name"}}, Do: []Action{Action{Verb: "add", Arg: "/etc/texmf"}, Action{Verb: "add", Arg: "/var/lib/texmf"}, Action{Verb: "add", Arg: "$prefix/share/texmf"}, Action{Verb: "add", Arg: "$prefix/share/{texlive/,}texmf-dist"}}, Skip: []string{"*/texmf-dist/doc", "*/texmf-dist/source", "*/texmf/doc", "*/texmf/source"}},

	Rule{Name: "xdvipdfmx", Why: "XeTeX has its pages written as PDF by a program beside it, which the shell runs", Size: "medium", On: true, When: []Evidence{Evidence{Kind: "text", Arg: "xdvipdfmx -q"}}, Do: []Action{Action{Verb: "add", Arg: "$dir/xdvipdfmx"}, Action{Verb: "add", Arg: "/bin/sh"}}},

	Rule{Name: "poppler-data", Why: "PDF files in Chinese, Japanese and Korean take character maps", If: "it reads PDF files in such a language", Size: "large", When: []Evidence{Evidence{Kind: "soname", Arg: "libpoppler.so.*"}}, Do: []Action{Action{Verb: "add", Arg: "/usr/share/poppler"}}},

	Rule{Name: "ghostscript", Why: "Ghostscript starts by reading PostScript files, fonts among them", Size: "large", On: true, When: []Evidence{Evidence{Kind: "soname", Arg: "libgs.so.*"}}, Do: []Action{Action{Verb: "add", Arg: "$prefix/share/ghostscript"}, Action{Verb: "add", Arg: "/usr/share/color/icc/ghostscript"}, Action{Verb: "add", Arg: "/var/lib/ghostscript"}, Action{Verb: "add", Arg: "/usr/share/fonts/*/urw-base35"}, Action{Verb: "add", Arg: "/usr/share/fonts/urw-base35"}, Action{Verb: "add", Arg: "/usr/share/fonts/X11/Type1"}}, Skip: []string{"**/ghostscript/*/doc", "**/ghostscript/*/examples"}},

	Rule{Name: "sane", Why: "SANE loads one backend a scanner", Size: "medium", On: true, When: []Evidence{Evidence{Kind: "soname", Arg: "libsane.so.*"}}, Do: []Action{Action{Verb: "add", Arg: "$dir/sane"}, Action{Verb: "add", Arg: "/etc/sane.d"}}},

	Rule{Name: "cups", Why: "clients find the print server as this says", Size: "small", On: true, When: []Evidence{Evidence{Kind: "soname", Arg: "libcups.so.*"}}, Do: []Action{Action{Verb: "add", Arg: "/etc/cups/client.conf"}, Action{Verb: "add", Arg: "/etc/cups/lpoptions"}}},

	Rule{Name: "paper", Why: "the default size of paper is set here", Size: "small", On: true, When: []Evidence{Evidence{Kind: "soname", Arg: "libpaper.so.*"}}, Do: []Action{Action{Verb: "add", Arg: "/etc/papersize"}, Action{Verb: "add", Arg: "/etc/libpaper.d"}, Action{Verb: "add", Arg: "/etc/paperspecs"}}},

	Rule{Name: "sofa", Why: "libmysofa needs the ears of somebody", Size: "small", On: true, When: []Evidence{Evidence{Kind: "soname", Arg: "libmysofa.so.*"}}, Do: []Action{Action{Verb: "add", Arg: "$prefix/share/libmysofa"}}},

	Rule{Name: "publicsuffix", Why: "libpsl takes the list of public suffixes from here if it is newer than its own", Size: "small", When: []Evidence{Evidence{Kind: "soname", Arg: "libpsl.so.*"}}, Do: []Action{Action{Verb: "add", Arg: "/usr/share/publicsuffix"}}},

	Rule{Name: "xtables", Why: "iptables knows its matches and targets by one module each", Size: "medium", On: true, When: []Evidence{Evidence{Kind: "soname", Arg: "libxtables.so.*"}}, Do: []Action{Action{Verb: "add", Arg: "$dir/xtables"}, Action{Verb: "add", Arg: "$lib/xtables"}, Action{Verb: "add", Arg: "/etc/ethertypes"}}},

	Rule{Name: "iproute2", Why: "routing tables, protocols and the like have their names here, and tc its modules", Size: "small", On: true, When: []Evidence{Evidence{Kind: "define", Arg: "__iproute2_hz_internal"}}, Do: []Action{Action{Verb: "add", Arg: "/etc/iproute2"}, Action{Verb: "add", Arg: "$prefix/share/iproute2"}, Action{Verb: "add", Arg: "$prefix/lib/iproute2"}, Action{Verb: "add", Arg: "$lib/tc"}, Action{Verb: "add", Arg: "$prefix/lib/tc"}}},

	Rule{Name: "libnl", Why: "traffic classes and packet fields have their names here", Size: "small", On: true, When: []Evidence{Evidence{Kind: "soname", Arg: "libnl-route-3.so.*"}, Evidence{Kind: "soname", Arg: "libnl-3.so.*"}}, Do: []Action{Action{Verb: "add", Arg: "/etc/libnl-3"}, Action{Verb: "add", Arg: "/etc/libnl"}}},

	Rule{Name: "packet-capture", Why: "who shows packets leaves catching them, which takes rights, to a program of its own", Size: "small", On: true, When: []Evidence{Evidence{Kind: "soname", Arg: "libwsutil.so.*"}}, Do: []Action{Action{Verb: "run", Arg: "$prefix/bin/dumpcap"}}},

	Rule{Name: "tcp-wrappers", Why: "libwrap denies or allows peers by these files", Size: "small", On: true, When: []Evidence{Evidence{Kind: "soname", Arg: "libwrap.so.*"}}, Do: []Action{Action{Verb: "add", Arg: "/etc/hosts.allow"}, Action{Verb: "add", Arg: "/etc/hosts.deny"}}},

	Rule{Name: "ext2fs", Why: "mke2fs takes the features of a file system from here", Size: "small", On: true, When: []Evidence{Evidence{Kind: "soname", Arg: "libext2fs.so.*"}}, Do: []Action{Action{Verb: "add", Arg: "/etc/mke2fs.conf"}, Action{Verb: "add", Arg: "/etc/e2fsck.conf"}}},

	Rule{Name: "devmapper", Why: "LVM and the device mapper are configured here", Size: "small", On: true, When: []Evidence{Evidence{Kind: "soname", Arg: "libdevmapper.so.*"}, Evidence{Kind: "soname", Arg: "liblvm2cmd.so.*"}}, Do: []Action{Action{Verb: "add", Arg: "/etc/lvm/lvm.conf"}, Action{Verb: "add", Arg: "/etc/lvm/profile"}, Action{Verb: "add", Arg: "$dir/device-mapper"}}},

	Rule{Name: "fuse", Why: "an ordinary user mounts by a helper program that libfuse runs", Size: "small", On: true, When: []Evidence{Evidence{Kind: "soname", Arg: "libfuse3.so.*"}, Evidence{Kind: "soname", Arg: "libfuse.so.2"}}, Do: []Action{Action{Verb: "add", Arg: "$prefix/bin/fusermount3"}, Action{Verb: "add", Arg: "$prefix/bin/fusermount"}, Action{Verb: "add", Arg: "/bin/fusermount"}, Action{Verb: "add", Arg: "/etc/fuse.conf"}}},

	Rule{Name: "parted", Why: "libparted asks a command about the machine, by the shell, and crashes without one", Size: "small", On: true, When: []Evidence{Evidence{Kind: "soname", Arg: "libparted.so.*"}}, Do: []Action{Action{Verb: "add", Arg: "/bin/sh"}}},

	Rule{Name: "cryptsetup", Why: "cryptsetup asks tokens by modules", Size: "small", On: true, When: []Evidence{Evidence{Kind: "soname", Arg: "libcryptsetup.so.*"}}, Do: []Action{Action{Verb: "add", Arg: "$dir/cryptsetup"}}},

	Rule{Name: "blockdev", Why: "libblockdev does everything by plugins", Size: "medium", On: true, When: []Evidence{Evidence{Kind: "soname", Arg: "libblockdev.so.*"}}, Do: []Action{Action{Verb: "add", Arg: "$dir/libbd_*.so.*"}, Action{Verb: "add", Arg: "/etc/libblockdev"}}},

	Rule{Name: "audit", Why: "the audit library is configured here", Size: "small", On: true, When: []Evidence{Evidence{Kind: "soname", Arg: "libaudit.so.*"}}, Do: []Action{Action{Verb: "add", Arg: "/etc/libaudit.conf"}}},

	Rule{Name: "container-images", Why: "what copies images of containers asks which registries there are, and whose images may be trusted", Size: "small", On: true, When: []Evidence{Evidence{Kind: "text", Arg: "/etc/containers/policy.json"}}, Do: []Action{Action{Verb: "add", Arg: "/etc/containers"}, Action{Verb: "add", Arg: "/usr/share/containers"}}},

	Rule{Name: "container-engine", Why: "an engine of containers leaves watching and running them to programs of their own", Size: "medium", On: true, When: []Evidence{Evidence{Kind: "text", Arg: "/usr/libexec/podman/conmon"}}, Do: []Action{Action{Verb: "run", Arg: "/usr/{,local/}{bin,libexec/podman,lib/podman}/{conmon,crun,runc,netavark,aardvark-dns,catatonit,rootlessport}"}}},

	Rule{Name: "xattr", Why: "copying skips the extended attributes that this lists", Size: "small", On: true, When: []Evidence{Evidence{Kind: "import", Arg: "attr_copy_file"}, Evidence{Kind: "import", Arg: "attr_copy_fd"}}, Do: []Action{Action{Verb: "add", Arg: "/etc/xattr.conf"}}},

	Rule{Name: "pci-ids", Why: "devices have their names here", Size: "medium", On: true, When: []Evidence{Evidence{Kind: "soname", Arg: "libpci.so.*"}}, Do: []Action{Action{Verb: "add", Arg: "/usr/share/misc/pci.ids"}, Action{Verb: "add", Arg: "/usr/share/misc/pci.ids.gz"}, Action{Verb: "add", Arg: "/usr/share/hwdata/pci.ids"}, Action{Verb: "add", Arg: "/usr/share/hwdata/pci.ids.gz"}}},

	Rule{Name: "hwdb", Why: "udev tells the names of devices by this database", Size: "large", On: true, When: []Evidence{Evidence{Kind: "import", Arg: "udev_hwdb_new"}, Evidence{Kind: "import", Arg: "sd_hwdb_new"}}, Do: []Action{Action{Verb: "add", Arg: "/usr/lib/udev/hwdb.bin"}, Action{Verb: "add", Arg: "/lib/udev/hwdb.bin"}, Action{Verb: "add", Arg: "/etc/udev/hwdb.bin"}}},

	Rule{Name: "sensors", Why: "libsensors names and scales what chips report as these say", Size: "small", On: true, When: []Evidence{Evidence{Kind: "soname", Arg: "libsensors.so.*"}}, Do: []Action{Action{Verb: "add", Arg: "/etc/sensors3.conf"}, Action{Verb: "add", Arg: "/etc/sensors.d"}}},

	Rule{Name: "snmp", Why: "SNMP tools translate names by these definitions", Size: "medium", On: true, When: []Evidence{Evidence{Kind: "soname", Arg: "libnetsnmp.so.*"}}, Do: []Action{Action{Verb: "add", Arg: "/etc/snmp/snmp.conf"}, Action{Verb: "add", Arg: "/usr/share/snmp/mibs"}}},

	Rule{Name: "vde", Why: "VDE networks are plugins", Size: "small", On: true, When: []Evidence{Evidence{Kind: "soname", Arg: "libvdeplug.so.*"}}, Do: []Action{Action{Verb: "add", Arg: "$dir/vdeplug"}}},

	Rule{Name: "utempter", Why: "libutempter writes the list of sessions by a helper program", Size: "small", On: true, When: []Evidence{Evidence{Kind: "soname", Arg: "libutempter.so.*"}}, Do: []Action{Action{Verb: "add", Arg: "$dir/utempter"}, Action{Verb: "add", Arg: "/usr/libexec/utempter"}}},

	Rule{Name: "libvirt", Why: "libvirt connects by its drivers and knows processors by its map", Size: "medium", On: true, When: []Evidence{Evidence{Kind: "soname", Arg: "libvirt.so.*"}}, Do: []Action{Action{Verb: "add", Arg: "/etc/libvirt/libvirt.conf"}, Action{Verb: "add", Arg: "$dir/libvirt"}, Action{Verb: "add", Arg: "$prefix/share/libvirt/cpu_map"}}},

	Rule{Name: "ldb", Why: "ldb does everything by modules", Size: "small", On: true, When: []Evidence{Evidence{Kind: "soname", Arg: "libldb.so.*"}}, Do: []Action{Action{Verb: "add", Arg: "$dir/ldb/modules"}, Action{Verb: "add", Arg: "$dir/ldb/*.so"}, Action{Verb: "add", Arg: "$dir/ldb/modules/ldb"}, Action{Verb: "add", Arg: "$dir/samba/ldb"}}},

	Rule{Name: "apt", Why: "the package library reads its directories, fetches by helper programs and asks dpkg which architectures there are", Size: "medium", On: true, When: []Evidence{Evidence{Kind: "soname", Arg: "libapt-pkg.so.*"}}, Do: []Action{Action{Verb: "add", Arg: "/usr/lib/apt"}, Action{Verb: "add", Arg: "/usr/share/dpkg"}, Action{Verb: "add", Arg: "/etc/debian_version"}, Action{Verb: "add", Arg: "/etc/dpkg/origins"}, Action{Verb: "run", Arg: "/usr/bin/dpkg"}, Action{Verb: "dir", Arg: "/etc/apt/apt.conf.d", Mode: 0x1ed}, Action{Verb: "dir", Arg: "/etc/apt/preferences.d", Mode: 0x1ed}, Action{Verb: "dir", Arg: "/etc/apt/sources.list.d", Mode: 0x1ed}, Action{Verb: "dir", Arg: "/etc/dpkg/dpkg.cfg.d", Mode: 0x1ed}, Action{Verb: "dir", Arg: "/var/lib/apt/lists/partial", Mode: 0x1ed}, Action{Verb: "dir", Arg: "/var/cache/apt/archives/partial", Mode: 0x1ed}, Action{Verb: "dir", Arg: "/var/lib/dpkg", Mode: 0x1ed}, Action{Verb: "make", Arg: "dpkg-status"}}, Skip: []string{"**/apt/apt.systemd.daily"}},

	Rule{Name: "apt-python", Why: "the modules for sources of packages read templates, and the names and dates of releases", Size: "small", On: true, When: []Evidence{Evidence{Kind: "path", Arg: "**/aptsources/distro.py"}, Evidence{Kind: "path", Arg: "**/distro_info.py"}}, Do: []Action{Action{Verb: "add", Arg: "$prefix/share/distro-info"}, Action{Verb: "add", Arg: "/usr/share/distro-info"}, Action{Verb: "add", Arg: "/usr/share/python-apt"}, Action{Verb: "add", Arg: "/etc/os-release"}, Action{Verb: "add", Arg: "/usr/lib/os-release"}}},

	Rule{Name: "dpkg", Why: "the modules of dpkg read the tables of architectures and vendors, and ask dpkg for its own", Size: "small", On: true, When: []Evidence{Evidence{Kind: "text", Arg: "/usr/share/dpkg"}, Evidence{Kind: "word", Arg: "Dpkg::Arch"}, Evidence{Kind: "word", Arg: "Dpkg::Vendor"}, Evidence{Kind: "word", Arg: "Dpkg::Control"}, Evidence{Kind: "word", Arg: "Dpkg::Substvars"}}, Do: []Action{Action{Verb: "add", Arg: "/usr/share/dpkg"}, Action{Verb: "add", Arg: "/etc/dpkg/origins"}, Action{Verb: "add", Arg: "/etc/dpkg/buildflags.conf"}, Action{Verb: "run", Arg: "/usr/bin/dpkg"}}},

	Rule{Name: "debconf", Why: "debconf reads its settings, and asks by front ends and templates that are files of its own", Size: "medium", On: true, When: []Evidence{Evidence{Kind: "text", Arg: "/usr/share/debconf/confmodule"}, Evidence{Kind: "word", Arg: "Debconf::"}}, Do: []Action{Action{Verb: "add", Arg: "/etc/debconf.conf"}, Action{Verb: "add", Arg: "/usr/share/debconf"}, Action{Verb: "run", Arg: "/usr/share/debconf/frontend"}, Action{Verb: "run", Arg: "/usr/bin/locale"}, Action{Verb: "dir", Arg: "/var/cache/debconf", Mode: 0x1ed}}},

	Rule{Name: "debugger", Why: "a debugger reads threads by libthread_db", Size: "small", On: true, When: []Evidence{Evidence{Kind: "define", Arg: "ps_pglobal_lookup"}}, Do: []Action{Action{Verb: "load", Arg: "libthread_db.so.1"}}},

	Rule{Name: "debugger-data", Why: "gdb reads scripts and tables of system calls from its data directory", Size: "small", On: true, When: []Evidence{Evidence{Kind: "define", Arg: "ps_pglobal_lookup"}}, Above: []string{"share/gdb"}, Do: []Action{Action{Verb: "add", Arg: "$above/share/gdb"}, Action{Verb: "add", Arg: "/etc/gdb"}}},

	Rule{Name: "valgrind", Why: "valgrind runs one program a tool, with a library preloaded", Size: "large", On: true, When: []Evidence{Evidence{Kind: "text", Arg: "VALGRIND_LAUNCHER"}}, Above: []string{"{libexec,lib,lib/*-linux-gnu*}/valgrind/memcheck-*"}, Do: []Action{Action{Verb: "add", Arg: "$at"}}, Skip: []string{"**/valgrind/*.a"}},

	Rule{Name: "bfd-plugins", Why: "the binutils read objects of link-time optimization by a plugin", Size: "small", On: true, When: []Evidence{Evidence{Kind: "soname", Arg: "libbfd-*.so"}, Evidence{Kind: "soname", Arg: "libbfd.so.*"}}, Do: []Action{Action{Verb: "add", Arg: "$dir/bfd-plugins"}, Action{Verb: "add", Arg: "$prefix/lib/bfd-plugins"}}, Skip: []string{"**/LLVMgold*"}},

	Rule{Name: "gprofng", Why: "gprofng is configured here and collects by these libraries", Size: "medium", On: true, When: []Evidence{Evidence{Kind: "soname", Arg: "libgprofng.so.*"}}, Do: []Action{Action{Verb: "add", Arg: "/etc/gprofng.rc"}, Action{Verb: "add", Arg: "$dir/gprofng"}}},

	Rule{Name: "gawk", Why: "gawk programs load extensions and include files", Size: "small", On: true, When: []Evidence{Evidence{Kind: "text", Arg: "AWKLIBPATH"}}, Do: []Action{Action{Verb: "add", Arg: "$lib/gawk"}, Action{Verb: "add", Arg: "{$prefix,/usr}/share/awk"}, Action{Verb: "add", Arg: "{$prefix,/usr}/libexec/awk"}, Action{Verb: "add", Arg: "$lib/awk"}}},

	Rule{Name: "base", Why: "a container has accounts, a home directory, a place for temporary files and the name of its system", Size: "small", When: []Evidence{Evidence{Kind: "always"}}, Do: []Action{Action{Verb: "dir", Arg: "/tmp", Mode: 0x1001ff}, Action{Verb: "dir", Arg: "/root", Mode: 0x1c0}, Action{Verb: "dir", Arg: "/home/nonroot", Mode: 0x1c0, UID: 65532, GID: 65532}, Action{Verb: "add", Arg: "/etc/os-release"}, Action{Verb: "add", Arg: "/usr/lib/os-release"}, Action{Verb: "make", Arg: "passwd"}, Action{Verb: "make", Arg: "group"}}},

	Rule{Name: "os-release", Why: "programs tell the system they run on by this file", Size: "small", On: true, When: []Evidence{Evidence{Kind: "text", Arg: "/etc/os-release"}, Evidence{Kind: "text", Arg: "/usr/lib/os-release"}}, Do: []Action{Action{Verb: "add", Arg: "/etc/os-release"}, Action{Verb: "add", Arg: "/usr/lib/os-release"}}},

	Rule{Name: "home", Why: "programs keep their settings in the home directory, which is root's where nobody says otherwise", Size: "small", On: true, When: []Evidence{Evidence{Kind: "text", Arg: "\x00HOME\x00"}, Evidence{Kind: "import", Arg: "g_get_home_dir"}, Evidence{Kind: "import", Arg: "_ZN4QDir8homePathEv"}, Evidence{Kind: "import", Arg: "write_history"}, Evidence{Kind: "import", Arg: "append_history"}}, Do: []Action{Action{Verb: "dir", Arg: "/root", Mode: 0x1c0}}},

	Rule{Name: "shell", Why: "interpreters run the commands of their scripts by /bin/sh", Size: "small", On: true, When: []Evidence{Evidence{Kind: "rule", Arg: "perl"}, Evidence{Kind: "rule", Arg: "ruby"}, Evidence{Kind: "rule", Arg: "node"}, Evidence{Kind: "rule", Arg: "php"}, Evidence{Kind: "rule", Arg: "python"}, Evidence{Kind: "rule", Arg: "lua"}, Evidence{Kind: "rule", Arg: "tcl"}, Evidence{Kind: "rule", Arg: "guile"}, Evidence{Kind: "rule", Arg: "r"}, Evidence{Kind: "rule", Arg: "erlang"}}, Do: []Action{Action{Verb: "add", Arg: "/bin/sh"}}},

	Rule{Name: "shell-for-commands", Why: "system() and popen() run their command by /bin/sh", If: "it runs commands", Size: "small", When: []Evidence{Evidence{Kind: "import", Arg: "system"}, Evidence{Kind: "import", Arg: "popen"}, Evidence{Kind: "import", Arg: "wordexp"}}, Do: []Action{Action{Verb: "add", Arg: "/bin/sh"}}},

	Rule{Name: "sort-command", Why: "programs leave sorting of what they write to sort, which they run by the shell", Size: "small", On: true, When: []Evidence{Evidence{Kind: "text", Arg: "\x00sort -"}}, Do: []Action{Action{Verb: "run", Arg: "/usr/bin/sort"}, Action{Verb: "add", Arg: "/bin/sh"}}},

	Rule{Name: "shell-commands", Why: "a shell script is little without the programs it calls; those that stand where a command may stand are added", Size: "large", On: true, When: []Evidence{Evidence{Kind: "script", Arg: "sh"}, Evidence{Kind: "script", Arg: "dash"}, Evidence{Kind: "script", Arg: "ash"}, Evidence{Kind: "script", Arg: "bash"}, Evidence{Kind: "script", Arg: "ksh"}, Evidence{Kind: "script", Arg: "zsh"}, Evidence{Kind: "script", Arg: "mksh"}, Evidence{Kind: "script", Arg: "busybox"}, Evidence{Kind: "script", Arg: "make"}, Evidence{Kind: "script", Arg: "gmake"}, Evidence{Kind: "script", Arg: "awk"}, Evidence{Kind: "script", Arg: "gawk"}, Evidence{Kind: "script", Arg: "mawk"}, Evidence{Kind: "script", Arg: "nawk"}, Evidence{Kind: "script", Arg: "tclsh*"}, Evidence{Kind: "script", Arg: "wish*"}, Evidence{Kind: "script", Arg: "expect*"}}, Do: []Action{Action{Verb: "make", Arg: "commands"}}},

	Rule{Name: "expect", Why: "expect prepares the terminals of what it starts by stty, run by the shell", Size: "small", On: true, When: []Evidence{Evidence{Kind: "soname", Arg: "libexpect*.so*"}}, Do: []Action{Action{Verb: "run", Arg: "/bin/stty"}, Action{Verb: "run", Arg: "/bin/sh"}}},

	Rule{Name: "make-scripts", Why: "make runs the commands of a script by the shell", Size: "small", On: true, When: []Evidence{Evidence{Kind: "script", Arg: "make"}, Evidence{Kind: "script", Arg: "gmake"}}, Do: []Action{Action{Verb: "run", Arg: "/bin/sh"}}},

	Rule{Name: "awk-scripts", Why: "awk runs the commands of a script by the shell", Size: "small", On: true, When: []Evidence{Evidence{Kind: "word", Arg: "system("}, Evidence{Kind: "word", Arg: "getline"}}, And: []Evidence{Evidence{Kind: "script", Arg: "awk"}, Evidence{Kind: "script", Arg: "gawk"}, Evidence{Kind: "script", Arg: "mawk"}, Evidence{Kind: "script", Arg: "nawk"}}, Do: []Action{Action{Verb: "run", Arg: "/bin/sh"}}},

	Rule{Name: "shell-guarded", Why: "what a script looks for by command -v or which before it calls it, it can do without; large ones are left out", If: "it is to use the commands that it looks for first", Size: "large", When: []Evidence{Evidence{Kind: "script", Arg: "sh"}, Evidence{Kind: "script", Arg: "dash"}, Evidence{Kind: "script", Arg: "ash"}, Evidence{Kind: "script", Arg: "bash"}, Evidence{Kind: "script", Arg: "ksh"}, Evidence{Kind: "script", Arg: "zsh"}, Evidence{Kind: "script", Arg: "mksh"}, Evidence{Kind: "script", Arg: "busybox"}}, Do: []Action{Action{Verb: "make", Arg: "guarded"}}},

	Rule{Name: "script-calls", Why: "scripts of these languages run programs too; those that a function runs by a name that is written out are added", Size: "large", On: true, When: []Evidence{Evidence{Kind: "script", Arg: "perl*"}, Evidence{Kind: "script", Arg: "python*"}, Evidence{Kind: "script", Arg: "ruby*"}, Evidence{Kind: "script", Arg: "php*"}}, Do: []Action{Action{Verb: "make", Arg: "calls"}}},

	Rule{Name: "script-files", Why: "a script reads files and runs helpers of its package by paths that are written out; files and small directories that everybody may read are added", Size: "medium", On: true, When: []Evidence{Evidence{Kind: "script", Arg: "sh"}, Evidence{Kind: "script", Arg: "dash"}, Evidence{Kind: "script", Arg: "ash"}, Evidence{Kind: "script", Arg: "bash"}, Evidence{Kind: "script", Arg: "ksh"}, Evidence{Kind: "script", Arg: "zsh"}, Evidence{Kind: "script", Arg: "mksh"}, Evidence{Kind: "script", Arg: "busybox"}, Evidence{Kind: "script", Arg: "perl*"}, Evidence{Kind: "script", Arg: "python*"}, Evidence{Kind: "script", Arg: "ruby*"}, Evidence{Kind: "script", Arg: "php*"}, Evidence{Kind: "script", Arg: "tclsh*"}, Evidence{Kind: "script", Arg: "wish*"}, Evidence{Kind: "script", Arg: "lua*"}, Evidence{Kind: "script", Arg: "guile*"}}, Do: []Action{Action{Verb: "make", Arg: "named"}}},

	Rule{Name: "script-neighbours", Why: "a script fails without the files and modules of its own that it reads from beside itself; those that it names are added, and what these name", Size: "large", On: true, When: []Evidence{Evidence{Kind: "script", Arg: "sh"}, Evidence{Kind: "script", Arg: "dash"}, Evidence{Kind: "script", Arg: "ash"}, Evidence{Kind: "script", Arg: "bash"}, Evidence{Kind: "script", Arg: "ksh"}, Evidence{Kind: "script", Arg: "zsh"}, Evidence{Kind: "script", Arg: "mksh"}, Evidence{Kind: "script", Arg: "busybox"}, Evidence{Kind: "script", Arg: "perl*"}, Evidence{Kind: "script", Arg: "python*"}, Evidence{Kind: "script", Arg: "pypy*"}, Evidence{Kind: "script", Arg: "ruby*"}, Evidence{Kind: "script", Arg: "php*"}, Evidence{Kind: "script", Arg: "node"}, Evidence{Kind: "script", Arg: "nodejs"}, Evidence{Kind: "script", Arg: "bun"}, Evidence{Kind: "script", Arg: "deno"}, Evidence{Kind: "script", Arg: "lua*"}, Evidence{Kind: "script", Arg: "tclsh*"}, Evidence{Kind: "script", Arg: "wish*"}, Evidence{Kind: "script", Arg: "expect*"}}, Do: []Action{Action{Verb: "make", Arg: "beside"}}},

	Rule{Name: "program-files", Why: "a program reads files and runs helpers by paths that are compiled in, or are named after it; those that everybody may read are added if they are small or have its name, and no other rule has put something there", Size: "large", On: true, When: []Evidence{Evidence{Kind: "start", Arg: "**"}}, Do: []Action{Action{Verb: "make", Arg: "own"}}, Skip: []string{"*/systemd/*", "*/bfd-plugins"}},

	Rule{Name: "application", Why: "a program that is shipped in a directory of its own finds the rest of itself by its own place, or by paths that are compiled in; all of a small application is added, of a larger one what the program names", Size: "large", On: true, When: []Evidence{Evidence{Kind: "script", Arg: "*"}, Evidence{Kind: "text", Arg: "/proc/self/exe"}, Evidence{Kind: "text", Arg: "$ORIGIN/"}, Evidence{Kind: "text", Arg: "/opt/"}, Evidence{Kind: "text", Arg: "/srv/"}, Evidence{Kind: "text", Arg: "/home/"}, Evidence{Kind: "text", Arg: "/root/"}, Evidence{Kind: "text", Arg: "/nix/store/"}, Evidence{Kind: "text", Arg: "/gnu/store/"}, Evidence{Kind: "text", Arg: "/snap/"}, Evidence{Kind: "import", Arg: "system"}, Evidence{Kind: "import", Arg: "popen"}, Evidence{Kind: "import", Arg: "fopen"}, Evidence{Kind: "import", Arg: "fopen64"}, Evidence{Kind: "import", Arg: "open"}, Evidence{Kind: "import", Arg: "open64"}, Evidence{Kind: "import", Arg: "openat"}, Evidence{Kind: "import", Arg: "openat64"}, Evidence{Kind: "import", Arg: "opendir"}, Evidence{Kind: "import", Arg: "dlopen"}, Evidence{Kind: "import", Arg: "dlmopen"}, Evidence{Kind: "import", Arg: "execv"}, Evidence{Kind: "import", Arg: "execve"}, Evidence{Kind: "import", Arg: "execl"}, Evidence{Kind: "import", Arg: "execvp"}, Evidence{Kind: "import", Arg: "execlp"}, Evidence{Kind: "import", Arg: "posix_spawn"}, Evidence{Kind: "import", Arg: "posix_spawnp"}, Evidence{Kind: "import", Arg: "_ZNSt13basic_filebufIcSt11char_traitsIcEE4openEPKcSt13_Ios_Openmode"}, Evidence{Kind: "import", Arg: "_ZNSt14basic_ifstreamIcSt11char_traitsIcEEC1EPKcSt13_Ios_Openmode"}, Evidence{Kind: "import", Arg: "_ZNSt14basic_ifstreamIcSt11char_traitsIcEEC1ERKNSt7__cxx1112basic_stringIcS1_SaIcEEESt13_Ios_Openmode"}, Evidence{Kind: "import", Arg: "_ZN16QCoreApplication18applicationDirPathEv"}}, And: []Evidence{Evidence{Kind: "start", Arg: "**"}}, Do: []Action{Action{Verb: "make", Arg: "application"}}},

	Rule{Name: "configuration-files", Why: "a configuration file names files and directories that what it is for does not start without; those that everybody may read are added if they are small", Size: "medium", On: true, When: []Evidence{Evidence{Kind: "path", Arg: "/etc/**"}}, Do: []Action{Action{Verb: "make", Arg: "configured"}}},

	Rule{Name: "library-files", Why: "a library that no other rule speaks of reads data and loads modules from directories that are compiled in and have its name, or are where the program lies", Size: "medium", On: true, When: []Evidence{Evidence{Kind: "soname", Arg: "lib*.so*"}}, Do: []Action{Action{Verb: "make", Arg: "own"}}, Skip: []string{"*/systemd/*", "*/gio/modules", "*/gbm"}},

	Rule{Name: "python", Why: "the interpreter does not start without its standard library", Size: "large", On: true, When: []Evidence{Evidence{Kind: "soname", Arg: "libpython*.so.*"}, Evidence{Kind: "main", Arg: "Py_BytesMain"}, Evidence{Kind: "main", Arg: "Py_Main"}}, Above: []string{"{lib,lib64}/python$1/os.py", "{lib,lib64}/$name/os.py", "{lib,lib64}/$name.*/os.py", "{lib,lib64}/python3.*/os.py"}, Do: []Action{Action{Verb: "add", Arg: "$at"}, Action{Verb: "add", Arg: "$at/lib-dynload"}, Action{Verb: "add", Arg: "$above/{lib,lib64}/python$1/lib-dynload"}, Action{Verb: "add", Arg: "$above/{lib,lib64}/$name/lib-dynload"}}, Skip: []string{"*/site-packages", "*/dist-packages", "*/lib-dynload/_test*", "*/lib-dynload/xxlimited*", "*/lib-dynload/_xxtestfuzz*", "*/python*/test", "*/python*/tests", "*/python*/idle_test", "*/python*/turtledemo", "*/python*/config-*", "*.opt-1.pyc", "*.opt-2.pyc", "*.a", "*.exe"}},

	Rule{Name: "python-packages", Why: "programs in Python import packages that were installed beside the standard library; a script brings those that its code names, and what these need, the interpreter alone brings all", Size: "large", On: true, When: []Evidence{Evidence{Kind: "main", Arg: "Py_BytesMain"}, Evidence{Kind: "main", Arg: "Py_Main"}, Evidence{Kind: "main", Arg: "pypy_main_startup"}}, Above: []string{"{lib,lib64}/$name/os.py", "{lib,lib64}/$name.*/os.py", "{lib,lib64}/python3.*/os.py"}, Do: []Action{Action{Verb: "modules", Arg: "$at/site-packages"}, Action{Verb: "modules", Arg: "$at/dist-packages"}, Action{Verb: "modules", Arg: "$above/{lib,lib64}/$name/site-packages"}, Action{Verb: "modules", Arg: "$above/lib/python3/dist-packages"}, Action{Verb: "modules", Arg: "/usr/local/lib/$name/dist-packages"}, Action{Verb: "modules", Arg: "/usr/local/lib/$name.*/dist-packages"}}, Skip: []string{"*/tests", "*/test/test_*.py", "*.pyi", "*.a", "*.exe", "*.opt-1.pyc", "*.opt-2.pyc"}},

	Rule{Name: "python-typeshed", Why: "programs that check types read those of the standard library, and of packages, from stubs", Size: "medium", On: true, When: []Evidence{Evidence{Kind: "path", Arg: "**/typeshed/stdlib/builtins.pyi"}, Evidence{Kind: "path", Arg: "**/typeshed/stdlib/VERSIONS"}}, Do: []Action{Action{Verb: "add", Arg: "$dir"}, Action{Verb: "add", Arg: "$dir/../stubs"}}},

	Rule{Name: "python-all-packages", Why: "what a script imports by names that are neither in its code nor in that of its packages is not found otherwise", Size: "large", When: []Evidence{Evidence{Kind: "main", Arg: "Py_BytesMain"}, Evidence{Kind: "main", Arg: "Py_Main"}, Evidence{Kind: "main", Arg: "pypy_main_startup"}}, Above: []string{"{lib,lib64}/$name/os.py", "{lib,lib64}/$name.*/os.py", "{lib,lib64}/python3.*/os.py"}, Do: []Action{Action{Verb: "add", Arg: "$at/site-packages"}, Action{Verb: "add", Arg: "$at/dist-packages"}, Action{Verb: "add", Arg: "$above/{lib,lib64}/$name/site-packages"}, Action{Verb: "add", Arg: "$above/lib/python3/dist-packages"}, Action{Verb: "add", Arg: "/usr/local/lib/$name/dist-packages"}, Action{Verb: "add", Arg: "/usr/local/lib/$name.*/dist-packages"}}, Skip: []string{"*/tests", "*/test/test_*.py", "*.pyi", "*.a", "*.exe", "*.opt-1.pyc", "*.opt-2.pyc"}},

	Rule{Name: "python-timezones", Why: "the standard library of Python knows a time zone by its name only from here", Size: "medium", On: true, When: []Evidence{Evidence{Kind: "path", Arg: "**/zoneinfo/_tzpath.py"}}, Do: []Action{Action{Verb: "add", Arg: "/usr/share/zoneinfo"}}, Skip: []string{"/usr/share/zoneinfo/right", "/usr/share/zoneinfo/posix"}},

	Rule{Name: "python-embedded", Why: "a program with an interpreter of Python inside finds there no packages but those of the standard library", If: "it imports packages that were installed beside Python", Size: "large", When: []Evidence{Evidence{Kind: "soname", Arg: "libpython3.*.so.*"}}, Do: []Action{Action{Verb: "add", Arg: "$prefix/lib/python3/dist-packages"}, Action{Verb: "add", Arg: "$prefix/{lib,lib64}/python3.$1/site-packages"}}, Skip: []string{"*/tests", "*/test/test_*.py", "*.pyi", "*.a", "*.exe"}},

	Rule{Name: "python-wheels", Why: "virtual environments are made from the wheels that distributions keep apart", Size: "medium", On: true, When: []Evidence{Evidence{Kind: "path", Arg: "**/ensurepip/__init__.py"}, Evidence{Kind: "path", Arg: "**/virtualenv/seed/wheels/embed/__init__.py"}}, Do: []Action{Action{Verb: "add", Arg: "/usr/share/python-wheels"}}},

	Rule{Name: "python-venv", Why: "pyvenv.cfg beside an interpreter's directory says that its packages are those of the virtual environment", Size: "large", On: true, When: []Evidence{Evidence{Kind: "main", Arg: "Py_BytesMain"}, Evidence{Kind: "main", Arg: "Py_Main"}, Evidence{Kind: "main", Arg: "pypy_main_startup"}}, Above: []string{"pyvenv.cfg"}, Do: []Action{Action{Verb: "add", Arg: "$above/pyvenv.cfg"}, Action{Verb: "add", Arg: "$above/bin/python*"}, Action{Verb: "add", Arg: "$above/{lib,lib64}"}}, Skip: []string{"*/tests", "*.pyi", "*.a", "*.exe"}},

	Rule{Name: "python-application", Why: "Python imports the modules beside a script before any other", Size: "large", On: true, When: []Evidence{Evidence{Kind: "script", Arg: "python*"}, Evidence{Kind: "script", Arg: "pypy*"}}, Unless: []Evidence{Evidence{Kind: "path", Arg: "**/bin/*"}, Evidence{Kind: "path", Arg: "**/sbin/*"}}, In: []string{"/usr/lib/**", "/usr/share/**", "/usr/local/lib/**", "/usr/local/share/**", "/opt/**", "/srv/**", "/app", "/app/**"}, Do: []Action{Action{Verb: "add", Arg: "$dir"}}, Skip: []string{"*/tests", "*/.git", "*/.venv", "*/venv"}},

	Rule{Name: "python-commands", Why: "a directory of commands has few modules for scripts in Python, and much that is none", Size: "small", On: true, When: []Evidence{Evidence{Kind: "script", Arg: "python*"}, Evidence{Kind: "script", Arg: "pypy*"}}, And: []Evidence{Evidence{Kind: "path", Arg: "**/bin/*"}, Evidence{Kind: "path", Arg: "**/sbin/*"}}, In: []string{"/usr/lib/**", "/usr/share/**", "/usr/local/lib/**", "/usr/local/share/**", "/opt/**", "/srv/**", "/app/**"}, Do: []Action{Action{Verb: "add", Arg: "$dir/*.py"}}},

	Rule{Name: "perl", Why: "hardly a script gets by without strict.pm, and regular expressions need the tables of Unicode", Size: "large", On: true, When: []Evidence{Evidence{Kind: "main", Arg: "perl_run"}}, Unless: []Evidence{Evidence{Kind: "import", Arg: "Perl_eval_sv"}, Evidence{Kind: "import", Arg: "Perl_eval_pv"}, Evidence{Kind: "import", Arg: "Perl_call_sv"}, Evidence{Kind: "import", Arg: "Perl_call_pv"}, Evidence{Kind: "import", Arg: "Perl_call_argv"}}, Above: []string{"{lib,lib64,share}/perl5/strict.pm", "{lib,lib64,share}/perl5/*/strict.pm", "share/perl/*/strict.pm", "lib/*/perl-base/strict.pm"}, Do: []Action{Action{Verb: "add", Arg: "$lib/perl-base"}, Action{Verb: "add", Arg: "$lib/perl"}, Action{Verb: "add", Arg: "$above/share/perl"}, Action{Verb: "add", Arg: "$above/lib/perl5"}, Action{Verb: "add", Arg: "$above/lib64/perl5"}, Action{Verb: "add", Arg: "$above/share/perl5"}, Action{Verb: "add", Arg: "/etc/perl"}}, Skip: []string{"*.pod", "*.a", "*.t", "*/CORE/*.h", "*/perl5/site_perl", "*/perl5/vendor_perl", "*/pod"}},

	Rule{Name: "perl-embedded", Why: "a program with an interpreter of Perl inside can use it only with Perl's own modules", If: "it is to run code in Perl", Size: "medium", When: []Evidence{Evidence{Kind: "soname", Arg: "libperl.so*"}}, Do: []Action{Action{Verb: "add", Arg: "$lib/perl-base"}, Action{Verb: "add", Arg: "$lib/perl"}, Action{Verb: "add", Arg: "$prefix/share/perl"}, Action{Verb: "add", Arg: "$prefix/lib/perl5"}, Action{Verb: "add", Arg: "$prefix/lib64/perl5"}, Action{Verb: "add", Arg: "$prefix/share/perl5"}, Action{Verb: "add", Arg: "/etc/perl"}}, Skip: []string{"*.pod", "*.a", "*.t", "*/CORE/*.h", "*/pod"}},

	Rule{Name: "perl-modules", Why: "programs in Perl use modules that were installed beside the core", Size: "medium", On: true, When: []Evidence{Evidence{Kind: "rule", Arg: "perl"}}, Do: []Action{Action{Verb: "add", Arg: "$lib/perl5"}, Action{Verb: "add", Arg: "$above/share/perl5"}, Action{Verb: "add", Arg: "$above/{lib,lib64,share}/perl5/{site_perl,vendor_perl}"}, Action{Verb: "add", Arg: "$above/local/{lib,share}/perl"}, Action{Verb: "add", Arg: "/usr/local/lib/site_perl"}, Action{Verb: "add", Arg: "/usr/local/lib/*-linux-gnu*/perl"}, Action{Verb: "add", Arg: "/usr/local/share/perl"}, Action{Verb: "add", Arg: "/usr/local/share/perl5"}, Action{Verb: "add", Arg: "/usr/local/lib64/perl5"}}, Skip: []string{"*.pod", "*.a", "*.t"}},

	Rule{Name: "perl-application", Why: "programs in Perl that lie in a directory of their own use the modules of the directory lib beside it", Size: "medium", On: true, When: []Evidence{Evidence{Kind: "script", Arg: "perl*"}}, In: []string{"/usr/share/*/bin", "/usr/lib/*/bin", "/opt/**/bin"}, Do: []Action{Action{Verb: "add", Arg: "$dir/../lib"}}},

	Rule{Name: "perl-diagnostics", Why: "explanations of warnings are read from Perl's manual", Size: "small", On: true, When: []Evidence{Evidence{Kind: "word", Arg: "perldiag.pod"}, Evidence{Kind: "word", Arg: "diagnostics"}}, Do: []Action{Action{Verb: "add", Arg: "$prefix/share/perl/*/pod{,s}/perldiag.pod"}, Action{Verb: "add", Arg: "$prefix/share/perl5/pod{,s}/perldiag.pod"}, Action{Verb: "add", Arg: "$prefix/lib/perl5/*/pod{,s}/perldiag.pod"}}},

	Rule{Name: "perldoc", Why: "pod2usage shows the manual of a script by perldoc", Size: "small", On: true, When: []Evidence{Evidence{Kind: "word", Arg: "Pod::Usage"}}, Do: []Action{Action{Verb: "run", Arg: "/usr/bin/perldoc"}, Action{Verb: "run", Arg: "/usr/bin/sensible-pager"}, Action{Verb: "add", Arg: "/usr/bin/pager"}}},

	Rule{Name: "ruby", Why: "the interpreter does not start without rbconfig and rubygems", Size: "large", On: true, When: []Evidence{Evidence{Kind: "main", Arg: "ruby_run_node"}}, Above: []string{"{lib,lib64}/ruby/*/English.rb", "share/ruby/English.rb"}, Do: []Action{Action{Verb: "add", Arg: "$above/lib/ruby"}, Action{Verb: "add", Arg: "$lib/ruby"}, Action{Verb: "add", Arg: "$above/lib64/ruby"}, Action{Verb: "add", Arg: "$above/share/ruby"}, Action{Verb: "add", Arg: "$above/share/rubygems"}, Action{Verb: "add", Arg: "$above/share/gems"}, Action{Verb: "add", Arg: "$above/lib64/gems"}, Action{Verb: "add", Arg: "$above/share/rubygems-integration"}, Action{Verb: "add", Arg: "$lib/rubygems-integration"}, Action{Verb: "add", Arg: "$above/share/ruby-vendor"}, Action{Verb: "add", Arg: "/var/lib/gems"}, Action{Verb: "add", Arg: "/etc/gemrc"}}, Skip: []string{"*/doc", "*/gems/*/spec", "*/gems/*/test", "*/cache/*.gem", "*.a", "*.o", "*.h"}},

	Rule{Name: "ruby-embedded", Why: "a program with an interpreter of Ruby inside can use it only with Ruby's own modules", If: "it is to run code in Ruby", Size: "large", When: []Evidence{Evidence{Kind: "soname", Arg: "libruby*.so.*"}}, Do: []Action{Action{Verb: "add", Arg: "$prefix/lib/ruby"}, Action{Verb: "add", Arg: "$dir/ruby"}, Action{Verb: "add", Arg: "$prefix/lib64/ruby"}, Action{Verb: "add", Arg: "$prefix/share/ruby"}, Action{Verb: "add", Arg: "$prefix/share/rubygems"}}, Skip: []string{"*/doc", "*/gems/*/spec", "*/gems/*/test", "*/cache/*.gem", "*.a", "*.h"}},

	Rule{Name: "ruby-sass", Why: "the binding of libsass opens it by its full name", Size: "medium", On: true, When: []Evidence{Evidence{Kind: "path", Arg: "**/sassc/native.rb"}}, Do: []Action{Action{Verb: "add", Arg: "$lib/libsass.so*"}}},

	Rule{Name: "node", Why: "Debian's Node reads parts of itself from files", Size: "small", On: true, When: []Evidence{Evidence{Kind: "soname", Arg: "libnode.so.*"}, Evidence{Kind: "define", Arg: "_ZN4node5StartEiPPc"}}, Do: []Action{Action{Verb: "add", Arg: "{$prefix,/usr}/share/nodejs/{cjs-module-lexer,undici,acorn,acorn-walk,amaro,minimatch}"}}},

	Rule{Name: "node-installed", Why: "distributions keep the packages of Node where it looks after all directories called node_modules", Size: "large", On: true, When: []Evidence{Evidence{Kind: "script", Arg: "node"}, Evidence{Kind: "script", Arg: "nodejs"}}, In: []string{"/usr/bin", "/usr/share/nodejs/**", "/usr/lib/nodejs/**", "/usr/share/*/**"}, Do: []Action{Action{Verb: "add", Arg: "/usr/share/nodejs"}, Action{Verb: "add", Arg: "/usr/lib/nodejs"}, Action{Verb: "add", Arg: "$lib/nodejs"}}, Skip: []string{"*/.cache", "*.md", "*.map", "*.d.ts"}},

	Rule{Name: "node-package", Why: "a script that belongs to a package requires the files of that package", Size: "large", On: true, When: []Evidence{Evidence{Kind: "script", Arg: "node"}, Evidence{Kind: "script", Arg: "nodejs"}, Evidence{Kind: "script", Arg: "bun"}, Evidence{Kind: "script", Arg: "deno"}}, Above: []string{"package.json"}, Do: []Action{Action{Verb: "add", Arg: "$above"}}, Skip: []string{"*/.git", "*/.cache", "*/node_modules/*.md", "*/node_modules/*.map", "*/node_modules/*.d.ts"}},

	Rule{Name: "node-modules", Why: "require looks for packages in each node_modules from a script's directory upward", Size: "large", On: true, When: []Evidence{Evidence{Kind: "script", Arg: "node"}, Evidence{Kind: "script", Arg: "nodejs"}, Evidence{Kind: "script", Arg: "bun"}, Evidence{Kind: "script", Arg: "deno"}}, Above: []string{"node_modules"}, Do: []Action{Action{Verb: "add", Arg: "$above/node_modules"}}, Skip: []string{"*/.cache", "*.md", "*.map", "*.d.ts"}},

	Rule{Name: "php", Why: "PHP finds its settings and most of its extensions in files", Size: "medium", On: true, When: []Evidence{Evidence{Kind: "soname", Arg: "libphp*.so*"}, Evidence{Kind: "define", Arg: "php_module_startup"}}, Do: []Action{Action{Verb: "add", Arg: "/etc/php"}, Action{Verb: "add", Arg: "/etc/php.ini"}, Action{Verb: "add", Arg: "/etc/php.d"}, Action{Verb: "add", Arg: "/etc/php[0-9]*"}, Action{Verb: "add", Arg: "$prefix/etc/php"}, Action{Verb: "add", Arg: "/usr/share/zoneinfo"}}, Skip: []string{"/usr/share/zoneinfo/right", "/usr/share/zoneinfo/posix"}},

	Rule{Name: "php-extensions", Why: "most of PHP is in extensions, which it loads from one directory", Size: "medium", On: true, When: []Evidence{Evidence{Kind: "soname", Arg: "libphp*.so*"}, Evidence{Kind: "define", Arg: "php_module_startup"}}, Above: []string{"lib/php/2*", "lib/php/extensions", "{lib,lib64}/php/modules", "lib/php[0-9]*/modules"}, Do: []Action{Action{Verb: "add", Arg: "$above/lib/php/2*"}, Action{Verb: "add", Arg: "$above/lib/php/extensions"}, Action{Verb: "add", Arg: "$above/{lib,lib64}/php/modules"}, Action{Verb: "add", Arg: "$above/lib/php[0-9]*/modules"}}, Skip: []string{"*.a", "*.h"}},

	Rule{Name: "php-application", Why: "a script of PHP that is installed beside other programs has its classes in the directory for PHP next to that", Size: "small", On: true, When: []Evidence{Evidence{Kind: "script", Arg: "php*"}}, In: []string{"**/bin"}, Do: []Action{Action{Verb: "add", Arg: "$prefix/share/php"}}},

	Rule{Name: "php-packages", Why: "PEAR and distributions put libraries of PHP on its include path", If: "it includes libraries that were installed beside PHP", Size: "small", When: []Evidence{Evidence{Kind: "rule", Arg: "php"}}, Do: []Action{Action{Verb: "add", Arg: "{$prefix,/usr}/share/php"}, Action{Verb: "add", Arg: "$prefix/lib/php/*.php"}}},

	Rule{Name: "lua", Why: "modules of Lua are files", Size: "small", On: true, When: []Evidence{Evidence{Kind: "soname", Arg: "liblua*.so.*"}, Evidence{Kind: "define", Arg: "lua_newstate"}, Evidence{Kind: "define", Arg: "luaL_newstate"}}, Do: []Action{Action{Verb: "add", Arg: "{$prefix,/usr,/usr/local}/share/lua"}, Action{Verb: "add", Arg: "{$prefix,/usr,/usr/local}/{lib,lib64}/lua"}, Action{Verb: "add", Arg: "$lib/lua"}, Action{Verb: "add", Arg: "{$prefix,/usr}/share/luajit-2*"}}},

	Rule{Name: "tcl", Why: "Tcl does not start without init.tcl", Size: "medium", On: true, When: []Evidence{Evidence{Kind: "soname", Arg: "libtcl*.so*"}}, Do: []Action{Action{Verb: "add", Arg: "$prefix/share/tcltk/tcl*"}, Action{Verb: "add", Arg: "$prefix/share/tcl[0-9]*"}, Action{Verb: "add", Arg: "$prefix/lib/tcl[0-9]*"}, Action{Verb: "add", Arg: "$prefix/lib64/tcl[0-9]*"}, Action{Verb: "add", Arg: "$dir/tcltk"}, Action{Verb: "add", Arg: "$prefix/lib/tcltk"}}},

	Rule{Name: "tk", Why: "Tk does not start without tk.tcl", Size: "small", On: true, When: []Evidence{Evidence{Kind: "soname", Arg: "libtk[0-9]*.so*"}, Evidence{Kind: "soname", Arg: "libtk*.so*"}}, Do: []Action{Action{Verb: "add", Arg: "$prefix/share/tcltk/tk*"}, Action{Verb: "add", Arg: "$prefix/share/tk[0-9]*"}, Action{Verb: "add", Arg: "$prefix/lib/tk[0-9]*"}, Action{Verb: "add", Arg: "$prefix/lib64/tk[0-9]*"}}, Skip: []string{"*/demos"}},

	Rule{Name: "guile", Why: "Guile does not start without ice-9/boot-9", Size: "large", On: true, When: []Evidence{Evidence{Kind: "soname", Arg: "libguile-*.so.*"}}, Do: []Action{Action{Verb: "add", Arg: "$prefix/share/guile/$1"}, Action{Verb: "add", Arg: "$prefix/share/guile/site"}, Action{Verb: "add", Arg: "$dir/guile/$1"}, Action{Verb: "add", Arg: "$prefix/lib64/guile/$1"}}, Skip: []string{"*/guile/*/bin"}},

	Rule{Name: "r", Why: "R is a shell script, a library and the packages around it", Size: "large", On: true, When: []Evidence{Evidence{Kind: "soname", Arg: "libR.so"}}, Above: []string{"library/base"}, Do: []Action{Action{Verb: "run", Arg: "$above/bin/R"}, Action{Verb: "add", Arg: "$above/bin/exec"}, Action{Verb: "add", Arg: "$above/etc"}, Action{Verb: "add", Arg: "$above/lib"}, Action{Verb: "add", Arg: "$above/library"}, Action{Verb: "add", Arg: "$above/modules"}, Action{Verb: "add", Arg: "$above/share"}, Action{Verb: "add", Arg: "/usr/share/R/share"}, Action{Verb: "add", Arg: "/usr/lib/R/site-library"}, Action{Verb: "add", Arg: "/usr/local/lib/R/site-library"}, Action{Verb: "add", Arg: "/bin/sh"}, Action{Verb: "add", Arg: "/bin/rm"}, Action{Verb: "add", Arg: "/bin/sed"}, Action{Verb: "run", Arg: "/usr/bin/which"}, Action{Verb: "dir", Arg: "/tmp", Mode: 0x1001ff}}, Skip: []string{"*/library/*/doc", "*/library/*/html", "*/library/*/demo", "*/library/*/tests", "*/library/*/include", "*/library/*/po", "/usr/lib/R/library/translations", "*.a"}},

	Rule{Name: "r-start", Why: "Rscript and the scripts named R start what lies in R's own directory", Size: "large", On: true, When: []Evidence{Evidence{Kind: "text", Arg: "R_SCRIPT_DEFAULT_PACKAGES"}, Evidence{Kind: "word", Arg: "R_HOME_DIR"}}, Do: []Action{Action{Verb: "add", Arg: "{$prefix,/usr}/{lib,lib64}/R/lib/libR.so"}, Action{Verb: "run", Arg: "{$prefix,/usr}/{lib,lib64}/R/bin/R"}}},

	Rule{Name: "java", Why: "the launcher loads the virtual machine, its classes and its settings from the directory above it", Size: "large", On: true, When: []Evidence{Evidence{Kind: "soname", Arg: "libjli.so"}}, Above: []string{"lib/modules", "lib/rt.jar", "jre/lib/rt.jar"}, Do: []Action{Action{Verb: "add", Arg: "$above/lib"}, Action{Verb: "add", Arg: "$above/conf"}, Action{Verb: "add", Arg: "$above/release"}, Action{Verb: "add", Arg: "$above/jre/lib"}}, Skip: []string{"*/lib/src.zip", "*/lib/ct.sym", "*/jre/lib/*.diz", "*.debuginfo", "*.a"}},

	Rule{Name: "java-compiler", Why: "the compiler reads the interfaces of older releases from here", Size: "large", On: true, When: []Evidence{Evidence{Kind: "text", Arg: "jdk.compiler/"}, Evidence{Kind: "text", Arg: "jdk.javadoc/"}, Evidence{Kind: "text", Arg: "jdk.jshell/"}, Evidence{Kind: "text", Arg: "jdk.jdeps/"}}, Above: []string{"lib/ct.sym"}, Do: []Action{Action{Verb: "add", Arg: "$above/lib/ct.sym"}}},

	Rule{Name: "java-application", Why: "programs in Java are started by a script beside a directory of their classes", Size: "large", On: true, When: []Evidence{Evidence{Kind: "script", Arg: "sh"}, Evidence{Kind: "script", Arg: "dash"}, Evidence{Kind: "script", Arg: "ash"}, Evidence{Kind: "script", Arg: "bash"}, Evidence{Kind: "script", Arg: "ksh"}}, In: []string{"**/*/bin"}, Above: []string{"boot/*.jar", "lib/{[!j]*,j[!r]*}.jar"}, Do: []Action{Action{Verb: "add", Arg: "$dir"}, Action{Verb: "add", Arg: "$at/*.jar"}, Action{Verb: "add", Arg: "$above/lib/*.jar"}, Action{Verb: "add", Arg: "$above/lib/ext"}, Action{Verb: "add", Arg: "$above/conf"}, Action{Verb: "run", Arg: "/usr/bin/java"}, Action{Verb: "run", Arg: "/usr/local/bin/java"}, Action{Verb: "run", Arg: "/opt/java/openjdk/bin/java"}}},

	Rule{Name: "java-default", Why: "scripts start Java by the directory of the machine's default", Size: "large", On: true, When: []Evidence{Evidence{Kind: "word", Arg: "/usr/lib/jvm/default-java"}}, Do: []Action{Action{Verb: "run", Arg: "/usr/lib/jvm/default-java/bin/java"}}},

	Rule{Name: "java-fonts", Why: "Java measures and draws text by fontconfig, which it opens by name", Size: "medium", On: true, When: []Evidence{Evidence{Kind: "soname", Arg: "libfontmanager.so"}}, Do: []Action{Action{Verb: "load", Arg: "libfontconfig.so.1"}}},

	Rule{Name: "erlang", Why: "the emulator does not start without its boot files and the applications kernel and stdlib", Size: "large", On: true, When: []Evidence{Evidence{Kind: "define", Arg: "enif_alloc"}, Evidence{Kind: "text", Arg: "ESCRIPT_NAME"}, Evidence{Kind: "word", Arg: "ERL_ROOTDIR"}}, Above: []string{"bin/start.boot"}, Do: []Action{Action{Verb: "run", Arg: "$above/bin/erl"}, Action{Verb: "run", Arg: "/usr/bin/erl"}, Action{Verb: "run", Arg: "/usr/local/bin/erl"}, Action{Verb: "add", Arg: "$above/bin"}, Action{Verb: "add", Arg: "$above/erts-*/bin"}, Action{Verb: "add", Arg: "$above/lib"}, Action{Verb: "add", Arg: "$above/releases"}}, Skip: []string{"*/src", "*/include", "*/examples", "*/doc", "*.hrl", "*.a", "*.html"}},

	Rule{Name: "erlang-start", Why: "scripts of other languages on Erlang's machine start erl", Size: "large", On: true, When: []Evidence{Evidence{Kind: "word", Arg: "ELIXIR_ERL_OPTIONS"}}, Do: []Action{Action{Verb: "run", Arg: "/usr/bin/erl"}, Action{Verb: "run", Arg: "/usr/local/bin/erl"}}},

	Rule{Name: "erlang-application", Why: "a program in Erlang is a directory of applications above the script that starts it", Size: "large", On: true, When: []Evidence{Evidence{Kind: "script", Arg: "sh"}, Evidence{Kind: "script", Arg: "dash"}, Evidence{Kind: "script", Arg: "ash"}, Evidence{Kind: "script", Arg: "bash"}}, In: []string{"**/bin", "**/sbin"}, Above: []string{"plugins/*/ebin/*.app"}, Do: []Action{Action{Verb: "add", Arg: "$above/plugins"}, Action{Verb: "add", Arg: "$above/escript"}}},

	Rule{Name: "ocaml", Why: "programs in bytecode load the C parts of libraries as ld.conf says", Size: "small", On: true, When: []Evidence{Evidence{Kind: "define", Arg: "caml_interprete"}}, Do: []Action{Action{Verb: "add", Arg: "$prefix/lib/ocaml/{ld.conf,stublibs}"}, Action{Verb: "add", Arg: "$prefix/lib64/ocaml/{ld.conf,stublibs}"}}},

	Rule{Name: "ocaml-toplevel", Why: "the interactive OCaml and its compilers read the standard library's interfaces", Size: "medium", On: true, When: []Evidence{Evidence{Kind: "path", Arg: "**/bin/ocaml"}, Evidence{Kind: "path", Arg: "**/bin/ocamlc*"}, Evidence{Kind: "path", Arg: "**/bin/ocamlopt*"}}, And: []Evidence{Evidence{Kind: "text", Arg: "OCAMLLIB"}}, Do: []Action{Action{Verb: "add", Arg: "$prefix/{lib,lib64}/ocaml"}}, Skip: []string{"*.ml", "*.mli", "*.cmt", "*.cmti", "*.h"}},

	Rule{Name: "ocaml-bytecode", Why: "what the compiler to bytecode makes is run by ocamlrun", Size: "small", On: true, When: []Evidence{Evidence{Kind: "path", Arg: "**/bin/ocamlc*"}}, And: []Evidence{Evidence{Kind: "text", Arg: "OCAMLLIB"}}, Do: []Action{Action{Verb: "run", Arg: "$dir/ocamlrun"}}},

	Rule{Name: "ocaml-native", Why: "the compiler to machine code runs an assembler, and links by gcc", Size: "large", On: true, When: []Evidence{Evidence{Kind: "path", Arg: "**/bin/ocamlopt*"}}, And: []Evidence{Evidence{Kind: "text", Arg: "OCAMLLIB"}}, Do: []Action{Action{Verb: "run", Arg: "$dir/*-as"}, Action{Verb: "run", Arg: "$dir/*-gcc"}, Action{Verb: "run", Arg: "$dir/as"}, Action{Verb: "run", Arg: "$dir/gcc"}, Action{Verb: "add", Arg: "/bin/sh"}, Action{Verb: "dir", Arg: "/tmp", Mode: 0x1001ff}}},

	Rule{Name: "ocamlfind", Why: "findlib knows packages by the directories that its configuration names", Size: "large", On: true, When: []Evidence{Evidence{Kind: "text", Arg: "OCAMLFIND_CONF"}, Evidence{Kind: "word", Arg: "OCAMLFIND_CONF"}}, Do: []Action{Action{Verb: "add", Arg: "/etc/ocamlfind.conf"}, Action{Verb: "add", Arg: "/etc/ocamlfind.conf.d"}, Action{Verb: "add", Arg: "/usr/lib/ocaml/findlib"}, Action{Verb: "add", Arg: "/usr/lib/ocaml/*/META"}}},

	Rule{Name: "chicken", Why: "Chicken reads the interfaces of its modules as programs import them", Size: "medium", On: true, When: []Evidence{Evidence{Kind: "soname", Arg: "libchicken.so.*"}}, Do: []Action{Action{Verb: "add", Arg: "/var/lib/chicken/$1"}, Action{Verb: "add", Arg: "$prefix/lib/chicken/$1"}, Action{Verb: "add", Arg: "$dir/chicken/$1"}}},

	Rule{Name: "chicken-compiler", Why: "csc has chicken translate to C, and a C compiler the rest", Size: "large", On: true, When: []Evidence{Evidence{Kind: "text", Arg: "CSC_OPTIONS"}}, Do: []Action{Action{Verb: "run", Arg: "$prefix/bin/chicken"}, Action{Verb: "run", Arg: "/usr/bin/cc"}, Action{Verb: "run", Arg: "/usr/bin/gcc"}, Action{Verb: "run", Arg: "/usr/bin/*-linux-gnu*-gcc"}, Action{Verb: "add", Arg: "/bin/sh"}, Action{Verb: "add", Arg: "$prefix/include/chicken"}, Action{Verb: "add", Arg: "{$prefix/lib,$lib}/libchicken.so"}, Action{Verb: "dir", Arg: "/tmp", Mode: 0x1001ff}}},

	Rule{Name: "ecl-compiler", Why: "ECL compiles to machine code by the C compiler", If: "it compiles to machine code", Size: "large", When: []Evidence{Evidence{Kind: "soname", Arg: "libecl.so.*"}}, Do: []Action{Action{Verb: "run", Arg: "/usr/bin/gcc"}, Action{Verb: "add", Arg: "$prefix/include/ecl"}, Action{Verb: "add", Arg: "$prefix/include/*-linux-*/ecl"}, Action{Verb: "add", Arg: "$dir/libecl.so"}, Action{Verb: "add", Arg: "/bin/sh"}, Action{Verb: "dir", Arg: "/tmp", Mode: 0x1001ff}}},

	Rule{Name: "dotnet", Why: "the dotnet command starts whatever it starts by the runtimes below its own directory", Size: "large", On: true, When: []Evidence{Evidence{Kind: "text", Arg: "libhostfxr.so"}}, Above: []string{"host/fxr"}, Do: []Action{Action{Verb: "add", Arg: "$above/host"}, Action{Verb: "add", Arg: "$above/shared"}}},

	Rule{Name: "dotnet-application", Why: "the launcher of a .NET program finds the program beside itself and the runtime where .NET is installed", Size: "large", On: true, When: []Evidence{Evidence{Kind: "start", Arg: "**"}}, And: []Evidence{Evidence{Kind: "text", Arg: "libhostfxr.so"}}, Exists: []string{"$dir/$name.runtimeconfig.json"}, Do: []Action{Action{Verb: "add", Arg: "$dir/*.dll"}, Action{Verb: "add", Arg: "$dir/*.json"}, Action{Verb: "add", Arg: "$dir/*.so"}, Action{Verb: "add", Arg: "$dir/runtimes"}, Action{Verb: "add", Arg: "/etc/dotnet"}, Action{Verb: "add", Arg: "/usr/{lib,lib64,share}/dotnet/{dotnet,host,shared}"}}},

	Rule{Name: "mono", Why: "the class library of Mono reaches the system by libraries that lie beside its runtime's directory", Size: "medium", On: true, When: []Evidence{Evidence{Kind: "text", Arg: "MONO_CFG_DIR"}}, In: []string{"**/bin"}, Do: []Action{Action{Verb: "add", Arg: "$prefix/lib/libmono-native.so*"}, Action{Verb: "add", Arg: "$prefix/lib/libMonoPosixHelper.so"}, Action{Verb: "add", Arg: "/etc/mono"}}},

	Rule{Name: "git", Why: "most of git's commands are programs of their own in its exec-path, and new repositories come from a template", Size: "large", On: true, When: []Evidence{Evidence{Kind: "text", Arg: "share/git-core/templates"}}, Above: []string{"{lib,lib64,libexec}/git-core"}, Do: []Action{Action{Verb: "add", Arg: "$at/git-core"}, Action{Verb: "add", Arg: "$above/share/git-core/templates"}, Action{Verb: "add", Arg: "/etc/gitconfig"}, Action{Verb: "add", Arg: "/bin/sh"}}, Skip: []string{"*/git-core/git-gui*", "*/git-core/git-citool", "*/git-core/git-instaweb"}},

	Rule{Name: "git-scripts", Why: "git submodule, bisect, mergetool and others are shell scripts", Size: "medium", On: true, When: []Evidence{Evidence{Kind: "path", Arg: "**/git-core/git-submodule"}, Evidence{Kind: "path", Arg: "**/git-core/git-sh-setup"}, Evidence{Kind: "path", Arg: "**/git-core/git-bisect"}}, Do: []Action{Action{Verb: "make", Arg: "commands"}}},

	Rule{Name: "git-ssh", Why: "git reaches hosts by the program ssh", If: "it talks to repositories over ssh", Size: "small", When: []Evidence{Evidence{Kind: "rule", Arg: "git"}}, Do: []Action{Action{Verb: "add", Arg: "/usr/bin/ssh"}, Action{Verb: "add", Arg: "/etc/ssh/ssh_config"}}},

	Rule{Name: "git-commands", Why: "programs that are called git-something are commands of git, and leave most of their work to it", Size: "large", On: true, When: []Evidence{Evidence{Kind: "start", Arg: "**/bin/git-*"}}, Unless: []Evidence{Evidence{Kind: "text", Arg: "share/git-core/templates"}}, Do: []Action{Action{Verb: "run", Arg: "$dir/git"}}},

	Rule{Name: "gcc-driver", Why: "gcc is a driver: the compiler is cc1 in a directory it knows relative to itself", Size: "large", On: true, When: []Evidence{Evidence{Kind: "text", Arg: "%(cc1_options)"}}, Above: []string{"{lib,lib64,libexec}/gcc{,-cross}/*/*/cc1"}, Do: []Action{Action{Verb: "add", Arg: "$at/cc1"}}},

	Rule{Name: "g++-driver", Why: "g++ is a driver: the compiler is cc1plus, in a directory it knows relative to itself", Size: "large", On: true, When: []Evidence{Evidence{Kind: "text", Arg: "%(cc1_options)"}}, And: []Evidence{Evidence{Kind: "text", Arg: "c++abi"}, Evidence{Kind: "path", Arg: "**/*++*"}}, Above: []string{"{lib,lib64,libexec}/gcc{,-cross}/*/*/cc1plus"}, Do: []Action{Action{Verb: "add", Arg: "$at/cc1plus"}, Action{Verb: "add", Arg: "$at/cc1"}}},

	Rule{Name: "gfortran-driver", Why: "gfortran is a driver of gcc whose compiler is f951", Size: "large", On: true, When: []Evidence{Evidence{Kind: "text", Arg: "%(cc1_options)"}}, And: []Evidence{Evidence{Kind: "path", Arg: "**/*gfortran*"}}, Above: []string{"{lib,lib64,libexec}/gcc{,-cross}/*/*/f951"}, Do: []Action{Action{Verb: "add", Arg: "$at/f951"}}},

	Rule{Name: "gdc-driver", Why: "gdc is a driver of gcc whose compiler is d21", Size: "large", On: true, When: []Evidence{Evidence{Kind: "text", Arg: "%(cc1_options)"}}, And: []Evidence{Evidence{Kind: "path", Arg: "**/*gdc*"}}, Above: []string{"{lib,lib64,libexec}/gcc{,-cross}/*/*/d21"}, Do: []Action{Action{Verb: "add", Arg: "$at/d21"}}},

	Rule{Name: "gnat-driver", Why: "gnatmake runs gcc, whose compiler for Ada is gnat1, and what binds and links", Size: "large", On: true, When: []Evidence{Evidence{Kind: "path", Arg: "**/bin/*gnatmake*"}}, Above: []string{"{lib,lib64,libexec}/gcc{,-cross}/*/*/gnat1"}, Do: []Action{Action{Verb: "add", Arg: "$at/gnat1"}, Action{Verb: "run", Arg: "$1/bin/$2{gcc,gnatbind,gnatlink}$3"}}},

	Rule{Name: "gcc", Why: "to compile and link takes an assembler, a linker, start-up files, and the headers and libraries of the C library", Size: "large", On: true, When: []Evidence{Evidence{Kind: "path", Arg: "**/lib*/gcc/*/*/cc1"}}, And: []Evidence{Evidence{Kind: "text", Arg: "COLLECT_GCC_OPTIONS"}}, Do: []Action{Action{Verb: "add", Arg: "$1/{lib,lib64,libexec}/gcc/$3/$4/{collect2,lto-wrapper,liblto_plugin.so*,crt*.o,libgcc*,libssp*,libatomic*.so*,libgomp.so,libgomp.spec,include,include-fixed}"}, Action{Verb: "add", Arg: "$1/bin/{as,ld}"}, Action{Verb: "add", Arg: "$1/bin/$3-{as,ld}"}, Action{Verb: "add", Arg: "$1/$3/bin/{as,ld}"}, Action{Verb: "add", Arg: "$lib/*crt*.o"}, Action{Verb: "add", Arg: "$lib/libc.so"}, Action{Verb: "add", Arg: "$lib/libc_nonshared.a"}, Action{Verb: "add", Arg: "$lib/lib{m,dl,pthread,rt,util,resolv}.{so,a}"}, Action{Verb: "add", Arg: "$lib/lib{m,mvec,dl,pthread,rt,util,gcc_s,atomic,gomp}.so.*"}, Action{Verb: "add", Arg: "$1/include/*.h"}, Action{Verb: "add", Arg: "$1/include/{arpa,asm,asm-generic,bits,fenv,finclude,gnu,linux,mtd,misc,net,netash,netatalk,netax25,neteconet,netinet,netipx,netiucv,netpacket,netrom,netrose,nfs,protocols,rdma,rpc,rpcsvc,scsi,sound,sys,video,xen}"}, Action{Verb: "add", Arg: "$1/include/$3/*.h"}, Action{Verb: "add", Arg: "$1/include/$3/{asm,bits,fpu_control.h,gnu,sys}"}, Action{Verb: "add", Arg: "$1/$3/{include,lib}"}, Action{Verb: "dir", Arg: "/tmp", Mode: 0x1001ff}}, Skip: []string{"*/$3/lib/*.a"}},

	Rule{Name: "gcc-cross", Why: "to compile and link for another system takes its assembler, linker, start-up files, headers and libraries", Size: "large", On: true, When: []Evidence{Evidence{Kind: "path", Arg: "**/lib*/gcc-cross/*/*/cc1"}}, And: []Evidence{Evidence{Kind: "text", Arg: "COLLECT_GCC_OPTIONS"}}, Do: []Action{Action{Verb: "add", Arg: "$1/lib$2/gcc-cross/$3/$4/{collect2,lto-wrapper,liblto_plugin.so*,crt*.o,libgcc*,libssp*,libatomic*.so*,libgomp.so,libgomp.spec,include,include-fixed}"}, Action{Verb: "add", Arg: "$1/bin/$3-{as,ld}"}, Action{Verb: "add", Arg: "$1/$3/bin/{as,ld}"}, Action{Verb: "add", Arg: "$1/$3/{include,lib}"}, Action{Verb: "dir", Arg: "/tmp", Mode: 0x1001ff}}, Skip: []string{"*/$3/lib/*.a"}},

	Rule{Name: "g++-cross", Why: "C++ takes the headers and the library of C++", Size: "large", On: true, When: []Evidence{Evidence{Kind: "path", Arg: "**/lib*/gcc-cross/*/*/cc1plus"}}, And: []Evidence{Evidence{Kind: "text", Arg: "COLLECT_GCC_OPTIONS"}}, Do: []Action{Action{Verb: "add", Arg: "$1/lib$2/gcc-cross/$3/$4/{libstdc++.so,libstdc++.a,libsupc++.a}"}, Action{Verb: "add", Arg: "$1/$3/include/c++/$4"}}},

	Rule{Name: "compiles-itself", Why: "a program that translates its configuration to C runs the compiler, by the shell", Size: "large", On: true, When: []Evidence{Evidence{Kind: "text", Arg: "exec gcc"}, Evidence{Kind: "text", Arg: "exec x86_64-linux-gnu-gcc"}, Evidence{Kind: "text", Arg: "exec aarch64-linux-gnu-gcc"}, Evidence{Kind: "text", Arg: "exec cc"}}, Do: []Action{Action{Verb: "run", Arg: "/usr/bin/{,*-linux-gnu-}gcc"}, Action{Verb: "run", Arg: "/usr/bin/cc"}, Action{Verb: "add", Arg: "/bin/sh"}, Action{Verb: "add", Arg: "/bin/rm"}, Action{Verb: "dir", Arg: "/tmp", Mode: 0x1001ff}}},

	Rule{Name: "make", Why: "the commands of a makefile are run by /bin/sh", Size: "small", On: true, When: []Evidence{Evidence{Kind: "define", Arg: "gmk_add_function"}, Evidence{Kind: "text", Arg: "ninja_required_version"}}, Do: []Action{Action{Verb: "add", Arg: "/bin/sh"}}},

	Rule{Name: "lto-plugin", Why: "the binutils read objects of link-time optimization by a plugin, which the programs of gcc name to them", Size: "medium", On: true, When: []Evidence{Evidence{Kind: "text", Arg: "liblto_plugin.so"}}, Do: []Action{Action{Verb: "add", Arg: "$prefix/{lib,lib64,libexec}/gcc{,-cross}/*/*/liblto_plugin.so"}, Action{Verb: "add", Arg: "$dir/{ar,nm,ranlib}"}}},

	Rule{Name: "lto-plugin-cross", Why: "the programs of gcc for another system run the binutils for that system", Size: "small", On: true, When: []Evidence{Evidence{Kind: "path", Arg: "**/bin/*-gcc-ar*"}, Evidence{Kind: "path", Arg: "**/bin/*-gcc-nm*"}, Evidence{Kind: "path", Arg: "**/bin/*-gcc-ranlib*"}}, And: []Evidence{Evidence{Kind: "text", Arg: "liblto_plugin.so"}}, Do: []Action{Action{Verb: "add", Arg: "$1/bin/$2-{ar,nm,ranlib}"}}},

	Rule{Name: "g++", Why: "C++ takes the headers and the library of C++", Size: "large", On: true, When: []Evidence{Evidence{Kind: "path", Arg: "**/lib*/gcc/*/*/cc1plus"}}, And: []Evidence{Evidence{Kind: "text", Arg: "COLLECT_GCC_OPTIONS"}}, Do: []Action{Action{Verb: "add", Arg: "$1/{lib,lib64}/gcc/$3/$4/{libstdc++.so,libstdc++.a,libsupc++.a}"}, Action{Verb: "add", Arg: "$1/include/c++/$4"}, Action{Verb: "add", Arg: "$1/include/$3/c++/$4"}}},

	Rule{Name: "gfortran", Why: "Fortran takes its own library and modules", Size: "medium", On: true, When: []Evidence{Evidence{Kind: "path", Arg: "**/lib*/gcc/*/*/f951"}}, Do: []Action{Action{Verb: "add", Arg: "$1/{lib,lib64,libexec}/gcc/$3/$4/{finclude,libgfortran.spec,libgfortran.so,libquadmath.so,libcaf_single.a}"}, Action{Verb: "add", Arg: "$lib/lib{gfortran,quadmath}.so.*"}}},

	Rule{Name: "gdc", Why: "D takes the sources and the library of its standard library", Size: "large", On: true, When: []Evidence{Evidence{Kind: "path", Arg: "**/lib*/gcc/*/*/d21"}}, Do: []Action{Action{Verb: "add", Arg: "$1/{lib,lib64,libexec}/gcc/$3/$4/{include/d,libgphobos.spec,libgphobos.so,libgdruntime.so}"}, Action{Verb: "add", Arg: "$lib/lib{gphobos,gdruntime}.so.*"}, Action{Verb: "add", Arg: "$lib/libz.so"}}},

	Rule{Name: "gnat", Why: "Ada takes the sources and the library of its standard library", Size: "large", On: true, When: []Evidence{Evidence{Kind: "path", Arg: "**/lib*/gcc/*/*/gnat1"}}, Do: []Action{Action{Verb: "add", Arg: "$1/{lib,lib64,libexec}/gcc/$3/$4/{adainclude,adalib,ada_target_properties}"}, Action{Verb: "add", Arg: "$lib/libgnat-*.so"}}},

	Rule{Name: "gcc-lto", Why: "link-time optimisation is another compiler", If: "it links with -flto", Size: "large", When: []Evidence{Evidence{Kind: "path", Arg: "**/lib*/gcc/*/*/cc1"}}, And: []Evidence{Evidence{Kind: "text", Arg: "COLLECT_GCC_OPTIONS"}}, Do: []Action{Action{Verb: "add", Arg: "$1/{lib,lib64,libexec}/gcc/$3/$4/lto1"}}},

	Rule{Name: "gcc-static", Why: "static programs take the static libraries", If: "it links with -static", Size: "large", When: []Evidence{Evidence{Kind: "path", Arg: "**/lib*/gcc/*/*/cc1"}}, And: []Evidence{Evidence{Kind: "text", Arg: "COLLECT_GCC_OPTIONS"}}, Do: []Action{Action{Verb: "add", Arg: "$lib/lib{c,m,m-*,mvec,pthread,dl,rt}.a"}, Action{Verb: "add", Arg: "$1/{lib,lib64}/gcc/$3/$4/libstdc++.a"}}},

	Rule{Name: "clang", Why: "clang knows its own headers relative to itself, and compiles against those of the C library with the start-up files of gcc", Size: "large", On: true, When: []Evidence{Evidence{Kind: "text", Arg: "-cc1as"}, Evidence{Kind: "import", Arg: "_ZN5clang7tooling9ClangTool3runEPNS0_10ToolActionE"}}, Above: []string{"lib/clang/*/include/stddef.h"}, Do: []Action{Action{Verb: "add", Arg: "$above/lib/clang/*/include"}, Action{Verb: "add", Arg: "$above/lib/LLVMgold.so"}}},

	Rule{Name: "clang-toolchain", Why: "clang compiles against the headers of the C library, and links by the system's linker with the start-up files of gcc", Size: "large", On: true, When: []Evidence{Evidence{Kind: "text", Arg: "-cc1as"}}, Do: []Action{Action{Verb: "run", Arg: "/usr/bin/ld"}, Action{Verb: "add", Arg: "/usr/{lib,lib64}/gcc/*/*/{crt*.o,libgcc*,libatomic.so*}"}, Action{Verb: "add", Arg: "$lib/*crt*.o"}, Action{Verb: "add", Arg: "$lib/libc.so"}, Action{Verb: "add", Arg: "$lib/libc_nonshared.a"}, Action{Verb: "add", Arg: "$lib/lib{m,dl,pthread,rt,util,resolv}.{so,a}"}, Action{Verb: "add", Arg: "$lib/lib{m,mvec,dl,pthread,rt,util,gcc_s,atomic}.so.*"}, Action{Verb: "add", Arg: "/usr/include/*.h"}, Action{Verb: "add", Arg: "/usr/include/{arpa,asm,asm-generic,bits,gnu,linux,net,netinet,netpacket,rpc,rpcsvc,scsi,sound,sys,video}"}, Action{Verb: "add", Arg: "/usr/include/*-linux-*/{*.h,asm,bits,gnu,sys}"}, Action{Verb: "dir", Arg: "/tmp", Mode: 0x1001ff}}},

	Rule{Name: "clang-c++", Why: "C++ takes the headers and the library of C++", Size: "large", On: true, When: []Evidence{Evidence{Kind: "start", Arg: "**/clang++*"}}, And: []Evidence{Evidence{Kind: "text", Arg: "-cc1as"}}, Do: []Action{Action{Verb: "add", Arg: "/usr/include/c++"}, Action{Verb: "add", Arg: "/usr/include/*-linux-*/c++"}, Action{Verb: "add", Arg: "/usr/{lib,lib64}/gcc/*/*/{libstdc++.so,libstdc++.a,libsupc++.a}"}}},

	Rule{Name: "compile-by-cc", Why: "compilers of other languages translate to C, or assemble and link, by the C compiler", Size: "large", On: true, When: []Evidence{Evidence{Kind: "soname", Arg: "librustc_driver-*.so"}, Evidence{Kind: "text", Arg: "ldc2.conf"}, Evidence{Kind: "text", Arg: "nim.cfg"}}, Do: []Action{Action{Verb: "run", Arg: "/usr/bin/cc"}, Action{Verb: "run", Arg: "/usr/bin/gcc"}, Action{Verb: "add", Arg: "/bin/sh"}, Action{Verb: "dir", Arg: "/tmp", Mode: 0x1001ff}}},

	Rule{Name: "rust", Why: "the compiler of Rust takes the crates of the standard library", Size: "large", On: true, When: []Evidence{Evidence{Kind: "soname", Arg: "librustc_driver-*.so"}}, Do: []Action{Action{Verb: "add", Arg: "$prefix/lib/rustlib"}, Action{Verb: "add", Arg: "{$prefix,/usr}/lib/*-linux-*/libstd-*.so"}}, Skip: []string{"*/rustlib/src", "*/rustlib/etc", "*/rustlib/*/bin"}},

	Rule{Name: "cargo", Why: "cargo has rustc compile", Size: "large", On: true, When: []Evidence{Evidence{Kind: "text", Arg: "RUSTC_WORKSPACE_WRAPPER"}}, In: []string{"**/bin"}, Do: []Action{Action{Verb: "run", Arg: "$dir/rustc"}}},

	Rule{Name: "ldc", Why: "the compiler of D finds its standard library as its configuration says", Size: "medium", On: true, When: []Evidence{Evidence{Kind: "text", Arg: "ldc2.conf"}}, Do: []Action{Action{Verb: "add", Arg: "/etc/ldc2.conf"}, Action{Verb: "add", Arg: "{$prefix,/usr}/lib/{ldc,ldc_rt*.o}"}, Action{Verb: "add", Arg: "$lib/lib{phobos2,druntime}-ldc{,-shared}.{so,so.*}"}}},

	Rule{Name: "fpc-driver", Why: "fpc runs the compiler of Pascal for a machine", Size: "medium", On: true, When: []Evidence{Evidence{Kind: "text", Arg: "ppcross"}}, In: []string{"**/bin"}, Do: []Action{Action{Verb: "run", Arg: "$dir/ppc{x64,386,a64,arm,ppc,ppc64}"}}},

	Rule{Name: "fpc", Why: "Pascal takes the units of its standard library, an assembler and a linker", Size: "large", On: true, When: []Evidence{Evidence{Kind: "path", Arg: "**/fpc/*/ppc*"}}, Do: []Action{Action{Verb: "add", Arg: "$1/fpc/$2/{units,msg}"}, Action{Verb: "add", Arg: "/etc/fpc.cfg"}, Action{Verb: "run", Arg: "/usr/bin/{as,ld,ld.bfd}"}, Action{Verb: "dir", Arg: "/tmp", Mode: 0x1001ff}}},

	Rule{Name: "protoc", Why: "the compiler of protocol buffers imports the types that everybody has, and generates by plug-ins", Size: "medium", On: true, When: []Evidence{Evidence{Kind: "soname", Arg: "libprotoc.so.*"}}, Do: []Action{Action{Verb: "add", Arg: "$prefix/include/google/protobuf/{*.proto,compiler/*.proto}"}, Action{Verb: "run", Arg: "$prefix/bin/protoc-gen-*"}, Action{Verb: "run", Arg: "$prefix/bin/grpc_*_plugin"}}},

	Rule{Name: "capnp", Why: "the compiler of Cap'n Proto imports annotations, and generates by plug-ins", Size: "small", On: true, When: []Evidence{Evidence{Kind: "soname", Arg: "libcapnpc-*.so"}}, Do: []Action{Action{Verb: "add", Arg: "$prefix/include/capnp/*.capnp"}, Action{Verb: "add", Arg: "$prefix/include/capnp/compat/*.capnp"}, Action{Verb: "run", Arg: "$prefix/bin/capnpc-*"}}},

	Rule{Name: "postgres-server", Why: "initdb and pg_ctl start the server beside them", Size: "large", On: true, When: []Evidence{Evidence{Kind: "text", Arg: "postgres (PostgreSQL)"}}, Unless: []Evidence{Evidence{Kind: "define", Arg: "PostgresMain"}}, Do: []Action{Action{Verb: "add", Arg: "$dir/{postgres,initdb}"}}},

	Rule{Name: "postgres", Why: "a cluster is made and run from templates, time zones and extensions in the server's directories", Size: "large", On: true, When: []Evidence{Evidence{Kind: "define", Arg: "PostgresMain"}}, Above: []string{"share/postgresql/postgres.bki", "share/postgresql*/postgres.bki", "share/pgsql/postgres.bki", "share/postgres.bki", "share/postgresql/*/postgres.bki"}, Do: []Action{Action{Verb: "add", Arg: "$at"}, Action{Verb: "add", Arg: "$dir/../lib/*.so"}, Action{Verb: "add", Arg: "$above/{lib,lib64}/postgresql/*.so"}, Action{Verb: "add", Arg: "$above/lib64/pgsql/*.so"}, Action{Verb: "add", Arg: "$above/lib/postgresql[0-9]*/*.so"}, Action{Verb: "add", Arg: "$above/lib/{dict_*,plpgsql,libpqwalreceiver,pgoutput,*_and_*,pg_*,utf8_*}.so"}, Action{Verb: "add", Arg: "/usr/share/zoneinfo"}, Action{Verb: "add", Arg: "/bin/sh"}, Action{Verb: "add", Arg: "/usr/bin/locale"}, Action{Verb: "add", Arg: "/var/run"}, Action{Verb: "dir", Arg: "/tmp", Mode: 0x1001ff}, Action{Verb: "dir", Arg: "/run/postgresql", Mode: 0x1fd}}, Skip: []string{"*/llvmjit*.so", "*/bitcode", "*/man", "*/doc", "/usr/share/zoneinfo/right", "/usr/share/zoneinfo/posix"}},

	Rule{Name: "postgres-wrapper", Why: "commands of PostgreSQL in the path are a script that starts the program of that name of some version", Size: "medium", On: true, When: []Evidence{Evidence{Kind: "start", Arg: "**/bin/*"}}, And: []Evidence{Evidence{Kind: "word", Arg: "get_program_path"}}, Do: []Action{Action{Verb: "run", Arg: "/usr/lib/postgresql/*/bin/$2"}}, Skip: []string{"**/bin/postgres"}},

	Rule{Name: "postgres-clusters", Why: "the scripts around PostgreSQL know versions and clusters by these directories", Size: "large", On: true, When: []Evidence{Evidence{Kind: "word", Arg: "PgCommon"}}, Do: []Action{Action{Verb: "add", Arg: "/etc/postgresql-common"}, Action{Verb: "add", Arg: "/etc/postgresql"}, Action{Verb: "add", Arg: "/usr/lib/postgresql/*/bin/{psql,pg_config}"}, Action{Verb: "dir", Arg: "/usr/lib/postgresql", Mode: 0x1ed}}},

	Rule{Name: "postgres-jit", Why: "the server compiles expensive queries by LLVM if it can", If: "large queries should be compiled", Size: "large", When: []Evidence{Evidence{Kind: "rule", Arg: "postgres"}}, Do: []Action{Action{Verb: "add", Arg: "$dir/../lib/{llvmjit*.so,bitcode}"}, Action{Verb: "add", Arg: "$above/{lib,lib64}/{postgresql,pgsql}/{llvmjit*.so,bitcode}"}}},

	Rule{Name: "mysql", Why: "the server does not start without its messages and character sets", Size: "medium", On: true, When: []Evidence{Evidence{Kind: "define", Arg: "_Z11mysqld_mainiPPc"}}, Do: []Action{Action{Verb: "add", Arg: "$prefix/share/{mysql,mariadb}"}, Action{Verb: "add", Arg: "$prefix/lib/mysql/plugin"}, Action{Verb: "add", Arg: "/etc/mysql"}, Action{Verb: "add", Arg: "/etc/my.cnf"}, Action{Verb: "add", Arg: "/etc/my.cnf.d"}}, Skip: []string{"*/mysql-test", "*/doc"}},

	Rule{Name: "vim", Why: "vim reads its defaults, syntax files and scripts from its runtime directory", Size: "large", On: true, When: []Evidence{Evidence{Kind: "text", Arg: "$VIMRUNTIME/defaults.vim"}}, Above: []string{"share/vim/vim*/defaults.vim", "share/vim/vim*/filetype.vim"}, Do: []Action{Action{Verb: "add", Arg: "$at"}, Action{Verb: "add", Arg: "$above/share/vim/vimrc*"}, Action{Verb: "add", Arg: "/etc/vim"}}, Skip: []string{"*/doc", "*/tutor", "*/lang", "*/print", "*/spell/*.spl", "*/macros"}},

	Rule{Name: "neovim", Why: "neovim is written in Lua and Vim script to a good part", Size: "large", On: true, When: []Evidence{Evidence{Kind: "text", Arg: "share/nvim/runtime/"}}, Above: []string{"share/nvim/runtime"}, Do: []Action{Action{Verb: "add", Arg: "$at/runtime"}, Action{Verb: "add", Arg: "$above/{lib,lib64}/nvim"}}, Skip: []string{"*/doc", "*/tutor", "*/spell/*.spl"}},

	Rule{Name: "nginx", Why: "nginx does not start without its configuration, and writes to directories that must be there", Size: "small", On: true, When: []Evidence{Evidence{Kind: "define", Arg: "ngx_cycle"}}, Do: []Action{Action{Verb: "add", Arg: "/etc/nginx"}, Action{Verb: "add", Arg: "$prefix/{lib,lib64}/nginx/modules"}, Action{Verb: "add", Arg: "$prefix/share/nginx"}, Action{Verb: "add", Arg: "$prefix/nginx/{conf,html,modules}"}, Action{Verb: "add", Arg: "$dir/../{conf,html,modules}"}, Action{Verb: "dir", Arg: "/var/log/nginx", Mode: 0x1ed}, Action{Verb: "dir", Arg: "/var/lib/nginx", Mode: 0x1ed}, Action{Verb: "dir", Arg: "/run", Mode: 0x1ed}}, Skip: []string{"/etc/nginx/*.key", "/etc/nginx/*.htpasswd"}},

	Rule{Name: "apache", Why: "httpd does not start without its configuration and its modules", Size: "medium", On: true, When: []Evidence{Evidence{Kind: "define", Arg: "ap_run_post_config"}}, Do: []Action{Action{Verb: "add", Arg: "/etc/apache2"}, Action{Verb: "add", Arg: "/etc/httpd"}, Action{Verb: "add", Arg: "$prefix/{lib,lib64}/{apache2,httpd}/modules"}, Action{Verb: "add", Arg: "/etc/mime.types"}, Action{Verb: "dir", Arg: "/var/log/apache2", Mode: 0x1ed}, Action{Verb: "dir", Arg: "/run", Mode: 0x1ed}}, Skip: []string{"*.key", "*.htpasswd"}},

	Rule{Name: "dovecot", Why: "the programs of Dovecot start by asking doveconf for their settings", Size: "small", On: true, When: []Evidence{Evidence{Kind: "soname", Arg: "libdovecot.so.*"}}, Do: []Action{Action{Verb: "add", Arg: "/etc/dovecot"}, Action{Verb: "add", Arg: "/usr/share/dovecot/protocols.d"}, Action{Verb: "run", Arg: "/usr/bin/doveconf"}}, Skip: []string{"/etc/dovecot/private", "/etc/dovecot/ssl", "*.key", "*.pem"}},

	Rule{Name: "groff", Why: "groff runs its preprocessors and devices, and reads fonts and macros", Size: "medium", On: true, When: []Evidence{Evidence{Kind: "text", Arg: "GROFF_COMMAND_PREFIX"}, Evidence{Kind: "text", Arg: "GROFF_TMAC_PATH"}}, Above: []string{"share/groff"}, Do: []Action{Action{Verb: "run", Arg: "$dir/{groff,troff,nroff,preconv,tbl,eqn,pic,soelim,grotty,grops,grodvi,pre-grohtml,post-grohtml}"}, Action{Verb: "add", Arg: "$above/share/groff"}, Action{Verb: "add", Arg: "$above/lib/groff"}, Action{Verb: "add", Arg: "/etc/groff"}}, Skip: []string{"*/oldfont", "*/groff/*/eign"}},

	Rule{Name: "man", Why: "manuals are formatted by a chain of programs", Size: "medium", On: true, When: []Evidence{Evidence{Kind: "soname", Arg: "libmandb-*.so"}}, Do: []Action{Action{Verb: "run", Arg: "/usr/bin/{nroff,tbl,preconv,col}"}}},

	Rule{Name: "libreoffice", Why: "LibreOffice is one program of many libraries, started by scripts beside them", Size: "large", On: true, When: []Evidence{Evidence{Kind: "text", Arg: "soffice.bin"}, Evidence{Kind: "import", Arg: "soffice_main"}}, Above: []string{"program/soffice.bin"}, Do: []Action{Action{Verb: "add", Arg: "$above/program"}, Action{Verb: "add", Arg: "$above/share"}, Action{Verb: "add", Arg: "$above/presets"}, Action{Verb: "add", Arg: "/etc/libreoffice"}}, Skip: []string{"*/uno_packages", "*.a"}},

	Rule{Name: "systemd-libraries", Why: "systemd's shared library opens others by name where a feature needs them", Size: "medium", On: true, When: []Evidence{Evidence{Kind: "soname", Arg: "libsystemd-shared-*.so"}}, Do: []Action{Action{Verb: "add", Arg: "$lib/{libidn2.so.0,libpcre2-8.so.0,libkmod.so.2,libcryptsetup.so.12,libqrencode.so.4,libbpf.so.1,libfdisk.so.1,libblkid.so.1,libmount.so.1,libseccomp.so.2,libacl.so.1}"}}},

	Rule{Name: "systemctl", Why: "programs reach the service manager by systemctl", Size: "medium", On: true, When: []Evidence{Evidence{Kind: "text", Arg: "/bin/systemctl"}}, Do: []Action{Action{Verb: "run", Arg: "/bin/systemctl"}}},

	Rule{Name: "samba", Why: "samba's programs complain without smb.conf, and know code pages and modules from files", Size: "small", On: true, When: []Evidence{Evidence{Kind: "soname", Arg: "libsmbconf.so.0"}}, Do: []Action{Action{Verb: "add", Arg: "/etc/samba/smb.conf"}, Action{Verb: "add", Arg: "$prefix/share/samba/codepages"}, Action{Verb: "add", Arg: "$dir/samba/ldb"}, Action{Verb: "file", Arg: "/etc/samba/smb.conf", Mode: 0x1a4, Text: "[global]\n"}, Action{Verb: "dir", Arg: "/run/samba", Mode: 0x1ed}, Action{Verb: "dir", Arg: "/var/lib/samba", Mode: 0x1ed}, Action{Verb: "dir", Arg: "/var/cache/samba", Mode: 0x1ed}}},

	Rule{Name: "samba-charset", Why: "names in the old protocols are in code page 850", Size: "small", On: true, When: []Evidence{Evidence{Kind: "soname", Arg: "libsmbconf.so.0"}}, Do: []Action{Action{Verb: "add", Arg: "$lib/gconv/IBM850.so"}}},

	Rule{Name: "samba-modules", Why: "smbd loads file system, authentication and account modules by name", Size: "medium", On: true, When: []Evidence{Evidence{Kind: "soname", Arg: "libsmbd-base*.so*"}}, Above: []string{"vfs/acl_xattr.so"}, Do: []Action{Action{Verb: "add", Arg: "$above/{auth,bind9,gensec,idmap,krb5,ldb,nss_info,pdb,perfcount,process_model,rpc,service,vfs}"}}},
}

var tableIndex = index{Kinds: []kindIndex{
	kindIndex{Kind: "text", List: []reference{
		reference{Arg: "/etc/nsswitch.conf"},

		reference{Rule: 1, Arg: "/etc/passwd"},

		reference{Rule: 4, Arg: "/etc/services"},

		reference{Rule: 6, Arg: "/etc/ssl/certs/ca-certificates.crt"},

		reference{Rule: 6, Arg: "/etc/pki/tls/certs/ca-bundle.crt"},

		reference{Rule: 19, Arg: "/etc/ldap/slapd.conf"},

		reference{Rule: 19, Arg: "/etc/openldap/slapd.conf"},

		reference{Rule: 25, Arg: "GNUPGHOME"},

		reference{Rule: 31, Arg: "/etc/localtime"},

		reference{Rule: 34, Arg: "/usr/share/zoneinfo"},

		reference{Rule: 37, Arg: "/usr/share/terminfo"},

		reference{Rule: 73, Arg: "/usr/share/X11/xkb"},

		reference{Rule: 76, Arg: "libvulkan.so.1"},

		reference{Rule: 82, Arg: "libpipewire-module-protocol-native"},

		reference{Rule: 99, Arg: "xdvipdfmx -q"},

		reference{Rule: 119, Arg: "/etc/containers/policy.json"},

		reference{Rule: 120, Arg: "/usr/libexec/podman/conmon"},

		reference{Rule: 132, Arg: "/usr/share/dpkg"},

		reference{Rule: 133, Arg: "/usr/share/debconf/confmodule"},

		reference{Rule: 136, Arg: "VALGRIND_LAUNCHER"},

		reference{Rule: 139, Arg: "AWKLIBPATH"},

		reference{Rule: 141, Arg: "/etc/os-release"},

		reference{Rule: 141, Arg: "/usr/lib/os-release"},

		reference{Rule: 142, Arg: "\x00HOME\x00"},

		reference{Rule: 145, Arg: "\x00sort -"},

		reference{Rule: 155, Arg: "/proc/self/exe"},

		reference{Rule: 155, Arg: "$ORIGIN/"},

		reference{Rule: 155, Arg: "/opt/"},

		reference{Rule: 155, Arg: "/srv/"},

		reference{Rule: 155, Arg: "/home/"},

		reference{Rule: 155, Arg: "/root/"},

		reference{Rule: 155, Arg: "/nix/store/"},

		reference{Rule: 155, Arg: "/gnu/store/"},

		reference{Rule: 155, Arg: "/snap/"},

		reference{Rule: 190, Arg: "R_SCRIPT_DEFAULT_PACKAGES"},

		reference{Rule: 192, Arg: "jdk.compiler/"},

		reference{Rule: 192, Arg: "jdk.javadoc/"},

		reference{Rule: 192, Arg: "jdk.jshell/"},

		reference{Rule: 192, Arg: "jdk.jdeps/"},

		reference{Rule: 196, Arg: "ESCRIPT_NAME"},

		reference{Rule: 203, Arg: "OCAMLFIND_CONF"},

		reference{Rule: 205, Arg: "CSC_OPTIONS"},

		reference{Rule: 207, Arg: "libhostfxr.so"},

		reference{Rule: 209, Arg: "MONO_CFG_DIR"},

		reference{Rule: 210, Arg: "share/git-core/templates"},

		reference{Rule: 214, Arg: "%(cc1_options)"},

		reference{Rule: 215, Arg: "%(cc1_options)"},

		reference{Rule: 216, Arg: "%(cc1_options)"},

		reference{Rule: 217, Arg: "%(cc1_options)"},

		reference{Rule: 222, Arg: "exec gcc"},

		reference{Rule: 222, Arg: "exec x86_64-linux-gnu-gcc"},

		reference{Rule: 222, Arg: "exec aarch64-linux-gnu-gcc"},

		reference{Rule: 222, Arg: "exec cc"},

		reference{Rule: 223, Arg: "ninja_required_version"},

		reference{Rule: 224, Arg: "liblto_plugin.so"},

		reference{Rule: 232, Arg: "-cc1as"},

		reference{Rule: 233, Arg: "-cc1as"},

		reference{Rule: 235, Arg: "ldc2.conf"},

		reference{Rule: 235, Arg: "nim.cfg"},

		reference{Rule: 237, Arg: "RUSTC_WORKSPACE_WRAPPER"},

		reference{Rule: 238, Arg: "ldc2.conf"},

		reference{Rule: 239, Arg: "ppcross"},

		reference{Rule: 243, Arg: "postgres (PostgreSQL)"},

		reference{Rule: 249, Arg: "$VIMRUNTIME/defaults.vim"},

		reference{Rule: 250, Arg: "share/nvim/runtime/"},

		reference{Rule: 254, Arg: "GROFF_COMMAND_PREFIX"},

		reference{Rule: 254, Arg: "GROFF_TMAC_PATH"},

		reference{Rule: 256, Arg: "soffice.bin"},

		reference{Rule: 258, Arg: "/bin/systemctl"},
	}},

	kindIndex{Kind: "import", List: []reference{
		reference{Arg: "getaddrinfo"},

		reference{Arg: "gethostbyname"},

		reference{Arg: "gethostbyname2"},

		reference{Arg: "gethostbyname_r"},

		reference{Arg: "gethostbyname2_r"},

		reference{Arg: "gethostbyaddr"},

		reference{Arg: "gethostbyaddr_r"},

		reference{Arg: "getnameinfo"},

		reference{Arg: "getpwnam"},

		reference{Arg: "getpwnam_r"},

		reference{Arg: "getpwuid"},

		reference{Arg: "getpwuid_r"},

		reference{Arg: "getpwent"},

		reference{Arg: "getgrnam"},

		reference{Arg: "getgrnam_r"},

		reference{Arg: "getgrgid"},

		reference{Arg: "getgrgid_r"},

		reference{Arg: "getgrent"},

		reference{Arg: "getgrouplist"},

		reference{Arg: "initgroups"},

		reference{Arg: "getservbyname"},

		reference{Arg: "getservbyname_r"},

		reference{Arg: "getservbyport"},

		reference{Arg: "getprotobyname"},

		reference{Arg: "getprotobynumber"},

		reference{Rule: 1, Arg: "getpwnam"},

		reference{Rule: 1, Arg: "getpwnam_r"},

		reference{Rule: 1, Arg: "getpwuid"},

		reference{Rule: 1, Arg: "getpwuid_r"},

		reference{Rule: 1, Arg: "getpwent"},

		reference{Rule: 1, Arg: "getgrnam"},

		reference{Rule: 1, Arg: "getgrnam_r"},

		reference{Rule: 1, Arg: "getgrgid"},

		reference{Rule: 1, Arg: "getgrgid_r"},

		reference{Rule: 1, Arg: "getgrent"},

		reference{Rule: 1, Arg: "getgrouplist"},

		reference{Rule: 1, Arg: "initgroups"},

		reference{Rule: 2, Arg: "getpwnam"},

		reference{Rule: 2, Arg: "getpwnam_r"},

		reference{Rule: 2, Arg: "getgrnam"},

		reference{Rule: 2, Arg: "getgrnam_r"},

		reference{Rule: 3, Arg: "getspnam"},

		reference{Rule: 3, Arg: "getspnam_r"},

		reference{Rule: 4, Arg: "getaddrinfo"},

		reference{Rule: 4, Arg: "getservbyname"},

		reference{Rule: 4, Arg: "getservbyname_r"},

		reference{Rule: 4, Arg: "getservbyport"},

		reference{Rule: 4, Arg: "getnameinfo"},

		reference{Rule: 4, Arg: "getprotobyname"},

		reference{Rule: 4, Arg: "getprotobynumber"},

		reference{Rule: 7, Arg: "SSL_CTX_set_default_verify_paths"},

		reference{Rule: 7, Arg: "SSL_CTX_set_default_verify_dir"},

		reference{Rule: 7, Arg: "X509_STORE_set_default_paths"},

		reference{Rule: 17, Arg: "sasl_setpass"},

		reference{Rule: 22, Arg: "putpwent"},

		reference{Rule: 22, Arg: "putspent"},

		reference{Rule: 22, Arg: "putgrent"},

		reference{Rule: 22, Arg: "lckpwdf"},

		reference{Rule: 26, Arg: "pthread_exit"},

		reference{Rule: 26, Arg: "pthread_cancel"},

		reference{Rule: 26, Arg: "backtrace"},

		reference{Rule: 27, Arg: "setlocale"},

		reference{Rule: 27, Arg: "newlocale"},

		reference{Rule: 27, Arg: "_ZNSt6localeC1EPKc"},

		reference{Rule: 27, Arg: "_ZNSt6localeC1ERKNSt7__cxx1112basic_stringIcSt11char_traitsIcESaIcEEE"},

		reference{Rule: 28, Arg: "setlocale"},

		reference{Rule: 28, Arg: "newlocale"},

		reference{Rule: 29, Arg: "iconv_open"},

		reference{Rule: 30, Arg: "iconv_open"},

		reference{Rule: 31, Arg: "localtime"},

		reference{Rule: 31, Arg: "localtime_r"},

		reference{Rule: 31, Arg: "tzset"},

		reference{Rule: 31, Arg: "mktime"},

		reference{Rule: 32, Arg: "tzset"},

		reference{Rule: 32, Arg: "localtime"},

		reference{Rule: 32, Arg: "localtime_r"},

		reference{Rule: 33, Arg: "_ZN9QTimeZoneC1ERK10QByteArray"},

		reference{Rule: 36, Arg: "mkstemp"},

		reference{Rule: 36, Arg: "mkstemp64"},

		reference{Rule: 36, Arg: "mkostemp"},

		reference{Rule: 36, Arg: "mkostemp64"},

		reference{Rule: 36, Arg: "mkstemps"},

		reference{Rule: 36, Arg: "mkstemps64"},

		reference{Rule: 36, Arg: "mkostemps"},

		reference{Rule: 36, Arg: "mkdtemp"},

		reference{Rule: 36, Arg: "tmpfile"},

		reference{Rule: 36, Arg: "tmpfile64"},

		reference{Rule: 36, Arg: "tmpnam"},

		reference{Rule: 36, Arg: "tempnam"},

		reference{Rule: 39, Arg: "forkpty"},

		reference{Rule: 39, Arg: "openpty"},

		reference{Rule: 39, Arg: "posix_openpt"},

		reference{Rule: 39, Arg: "getpt"},

		reference{Rule: 41, Arg: "xmlLoadCatalogs"},

		reference{Rule: 41, Arg: "xmlInitializeCatalog"},

		reference{Rule: 41, Arg: "xmlCatalogResolve"},

		reference{Rule: 41, Arg: "xmlLoadCatalog"},

		reference{Rule: 42, Arg: "xmlLoadCatalogs"},

		reference{Rule: 42, Arg: "xmlInitializeCatalog"},

		reference{Rule: 42, Arg: "xmlCatalogResolve"},

		reference{Rule: 42, Arg: "xmlLoadCatalog"},

		reference{Rule: 43, Arg: "g_content_type_guess"},

		reference{Rule: 43, Arg: "xdg_mime_get_mime_type_for_file"},

		reference{Rule: 43, Arg: "_ZN13QMimeDatabaseC1Ev"},

		reference{Rule: 47, Arg: "g_settings_new"},

		reference{Rule: 47, Arg: "g_settings_new_with_path"},

		reference{Rule: 47, Arg: "g_settings_new_with_backend"},

		reference{Rule: 47, Arg: "g_settings_new_full"},

		reference{Rule: 47, Arg: "g_settings_schema_source_get_default"},

		reference{Rule: 48, Arg: "g_tls_client_connection_new"},

		reference{Rule: 48, Arg: "g_tls_server_connection_new"},

		reference{Rule: 48, Arg: "g_tls_backend_get_default"},

		reference{Rule: 48, Arg: "g_socket_client_set_tls"},

		reference{Rule: 49, Arg: "g_settings_new"},

		reference{Rule: 49, Arg: "g_proxy_resolver_get_default"},

		reference{Rule: 72, Arg: "xkb_keymap_new_from_names"},

		reference{Rule: 72, Arg: "xkb_keymap_new_from_rmlvo"},

		reference{Rule: 95, Arg: "gst_parse_launchv"},

		reference{Rule: 95, Arg: "gst_registry_get_plugin_list"},

		reference{Rule: 98, Arg: "kpse_set_program_name"},

		reference{Rule: 98, Arg: "kpathsea_set_program_name"},

		reference{Rule: 121, Arg: "attr_copy_file"},

		reference{Rule: 121, Arg: "attr_copy_fd"},

		reference{Rule: 123, Arg: "udev_hwdb_new"},

		reference{Rule: 123, Arg: "sd_hwdb_new"},

		reference{Rule: 142, Arg: "g_get_home_dir"},

		reference{Rule: 142, Arg: "_ZN4QDir8homePathEv"},

		reference{Rule: 142, Arg: "write_history"},

		reference{Rule: 142, Arg: "append_history"},

		reference{Rule: 144, Arg: "system"},

		reference{Rule: 144, Arg: "popen"},

		reference{Rule: 144, Arg: "wordexp"},

		reference{Rule: 155, Arg: "system"},

		reference{Rule: 155, Arg: "popen"},

		reference{Rule: 155, Arg: "fopen"},

		reference{Rule: 155, Arg: "fopen64"},

		reference{Rule: 155, Arg: "open"},

		reference{Rule: 155, Arg: "open64"},

		reference{Rule: 155, Arg: "openat"},

		reference{Rule: 155, Arg: "openat64"},

		reference{Rule: 155, Arg: "opendir"},

		reference{Rule: 155, Arg: "dlopen"},

		reference{Rule: 155, Arg: "dlmopen"},

		reference{Rule: 155, Arg: "execv"},

		reference{Rule: 155, Arg: "execve"},

		reference{Rule: 155, Arg: "execl"},

		reference{Rule: 155, Arg: "execvp"},

		reference{Rule: 155, Arg: "execlp"},

		reference{Rule: 155, Arg: "posix_spawn"},

		reference{Rule: 155, Arg: "posix_spawnp"},

		reference{Rule: 155, Arg: "_ZNSt13basic_filebufIcSt11char_traitsIcEE4openEPKcSt13_Ios_Openmode"},

		reference{Rule: 155, Arg: "_ZNSt14basic_ifstreamIcSt11char_traitsIcEEC1EPKcSt13_Ios_Openmode"},

		reference{Rule: 155, Arg: "_ZNSt14basic_ifstreamIcSt11char_traitsIcEEC1ERKNSt7__cxx1112basic_stringIcS1_SaIcEEESt13_Ios_Openmode"},

		reference{Rule: 155, Arg: "_ZN16QCoreApplication18applicationDirPathEv"},

		reference{Rule: 232, Arg: "_ZN5clang7tooling9ClangTool3runEPNS0_10ToolActionE"},

		reference{Rule: 256, Arg: "soffice_main"},
	}},

	kindIndex{Kind: "soname", List: []reference{
		reference{Rule: 5, Arg: "libtirpc.so.*", Head: 12},

		reference{Rule: 6, Arg: "libssl.so.*", Head: 10},

		reference{Rule: 6, Arg: "libgnutls.so.*", Head: 13},

		reference{Rule: 6, Arg: "libnss3.so"},

		reference{Rule: 6, Arg: "libmbedtls.so.*", Head: 14},

		reference{Rule: 6, Arg: "libwolfssl.so.*", Head: 14},

		reference{Rule: 6, Arg: "librustls.so*", Head: 12},

		reference{Rule: 8, Arg: "libcrypto.so.*", Head: 13},

		reference{Rule: 9, Arg: "libgnutls.so.*", Head: 13},

		reference{Rule: 10, Arg: "libnss3.so"},

		reference{Rule: 11, Arg: "libp11-kit.so.*", Head: 14},

		reference{Rule: 12, Arg: "libkrb5.so.3"},

		reference{Rule: 12, Arg: "libheimbase.so.*", Head: 15},

		reference{Rule: 13, Arg: "libkdb5.so.*", Head: 11},

		reference{Rule: 14, Arg: "libverto.so.*", Head: 12},

		reference{Rule: 15, Arg: "libgssapi_krb5.so.2"},

		reference{Rule: 16, Arg: "libsasl2.so.*", Head: 12},

		reference{Rule: 18, Arg: "libldap-*.so.*", Head: 8},

		reference{Rule: 18, Arg: "libldap.so.*", Head: 11},

		reference{Rule: 20, Arg: "libpam.so.*", Head: 10},

		reference{Rule: 23, Arg: "libsudo_util.so.*", Head: 16},

		reference{Rule: 24, Arg: "libgpgme.so.*", Head: 12},

		reference{Rule: 35, Arg: "libicuuc.so.*", Head: 12},

		reference{Rule: 37, Arg: "libtinfo.so.*", Head: 12},

		reference{Rule: 37, Arg: "libtinfow.so.*", Head: 13},

		reference{Rule: 37, Arg: "libncurses.so.*", Head: 14},

		reference{Rule: 37, Arg: "libncursesw.so.*", Head: 15},

		reference{Rule: 37, Arg: "libslang.so.*", Head: 12},

		reference{Rule: 37, Arg: "libtermcap.so.*", Head: 14},

		reference{Rule: 38, Arg: "libreadline.so.*", Head: 15},

		reference{Rule: 40, Arg: "libmagic.so.*", Head: 12},

		reference{Rule: 43, Arg: "libgdk_pixbuf-2.0.so.*", Head: 21},

		reference{Rule: 44, Arg: "libhunspell-*.so.*", Head: 12},

		reference{Rule: 44, Arg: "libhunspell.so.*", Head: 15},

		reference{Rule: 45, Arg: "libaspell.so.*", Head: 13},

		reference{Rule: 46, Arg: "libenchant*.so.*", Head: 10},

		reference{Rule: 48, Arg: "libsoup-*.so.*", Head: 8},

		reference{Rule: 50, Arg: "libdconf.so.*", Head: 12},

		reference{Rule: 51, Arg: "libproxy.so.*", Head: 12},

		reference{Rule: 52, Arg: "libgirepository-*.so.*", Head: 16},

		reference{Rule: 53, Arg: "libgdk_pixbuf-2.0.so.*", Head: 21},

		reference{Rule: 54, Arg: "libgtk-*.so.*", Head: 7},

		reference{Rule: 55, Arg: "libgdk_pixbuf-2.0.so.*", Head: 21},

		reference{Rule: 56, Arg: "libgtk-*.so.*", Head: 7},

		reference{Rule: 57, Arg: "libgtk-x11-2.0.so.*", Head: 18},

		reference{Rule: 57, Arg: "libgtk-directfb-2.0.so.*", Head: 23},

		reference{Rule: 58, Arg: "libgtk-3.so.*", Head: 12},

		reference{Rule: 58, Arg: "libgtk-4.so.*", Head: 12},

		reference{Rule: 58, Arg: "libQt5Widgets.so.*", Head: 17},

		reference{Rule: 58, Arg: "libQt6Widgets.so.*", Head: 17},

		reference{Rule: 59, Arg: "libQt*Gui.so.*", Head: 5},

		reference{Rule: 60, Arg: "libQt*Network.so.*", Head: 5},

		reference{Rule: 61, Arg: "libQt5Network.so.*", Head: 17},

		reference{Rule: 61, Arg: "libqopensslbackend.so"},

		reference{Rule: 62, Arg: "libQt*Sql.so.*", Head: 5},

		reference{Rule: 63, Arg: "libQt*Multimedia.so.*", Head: 5},

		reference{Rule: 64, Arg: "libQt*PrintSupport.so.*", Head: 5},

		reference{Rule: 65, Arg: "libQt*Qml.so.*", Head: 5},

		reference{Rule: 66, Arg: "libQt*WebEngineCore.so.*", Head: 5},

		reference{Rule: 67, Arg: "libfontconfig.so.*", Head: 17},

		reference{Rule: 68, Arg: "libfontconfig.so.*", Head: 17},

		reference{Rule: 69, Arg: "libpango-1.0.so.*", Head: 16},

		reference{Rule: 69, Arg: "libcairo.so.*", Head: 12},

		reference{Rule: 70, Arg: "libX11.so.*", Head: 10},

		reference{Rule: 71, Arg: "libXt.so.*", Head: 9},

		reference{Rule: 72, Arg: "libxkbfile.so.*", Head: 14},

		reference{Rule: 74, Arg: "libGLX.so.*", Head: 10},

		reference{Rule: 74, Arg: "libEGL.so.*", Head: 10},

		reference{Rule: 74, Arg: "libGL.so.*", Head: 9},

		reference{Rule: 75, Arg: "libvulkan.so.*", Head: 13},

		reference{Rule: 77, Arg: "libOpenCL.so.*", Head: 13},

		reference{Rule: 78, Arg: "libva.so.*", Head: 9},

		reference{Rule: 78, Arg: "libvdpau.so.*", Head: 12},

		reference{Rule: 78, Arg: "libmfx.so.*", Head: 10},

		reference{Rule: 79, Arg: "libasound.so.*", Head: 13},

		reference{Rule: 80, Arg: "libpulse.so.*", Head: 12},

		reference{Rule: 81, Arg: "libpipewire-0.3.so.*", Head: 19},

		reference{Rule: 83, Arg: "libSDL-1.2.so.0"},

		reference{Rule: 84, Arg: "libSDL2-2.0.so.0"},

		reference{Rule: 85, Arg: "libopenal.so.*", Head: 13},

		reference{Rule: 86, Arg: "libcaca.so.*", Head: 11},

		reference{Rule: 87, Arg: "libdirectfb-*.so.*", Head: 12},

		reference{Rule: 88, Arg: "libv4l2.so.*", Head: 11},

		reference{Rule: 88, Arg: "libv4lconvert.so.*", Head: 17},

		reference{Rule: 89, Arg: "libMagickCore-*.*.so.*", Head: 14},

		reference{Rule: 90, Arg: "libMagickCore-*.*.so.*", Head: 14},

		reference{Rule: 91, Arg: "libGraphicsMagick*.so.*", Head: 17},

		reference{Rule: 93, Arg: "libgstreamer-1.0.so.*", Head: 20},

		reference{Rule: 94, Arg: "libgstreamer-1.0.so.*", Head: 20},

		reference{Rule: 96, Arg: "libgvc.so.*", Head: 10},

		reference{Rule: 97, Arg: "libkpathsea.so.*", Head: 15},

		reference{Rule: 100, Arg: "libpoppler.so.*", Head: 14},

		reference{Rule: 101, Arg: "libgs.so.*", Head: 9},

		reference{Rule: 102, Arg: "libsane.so.*", Head: 11},

		reference{Rule: 103, Arg: "libcups.so.*", Head: 11},

		reference{Rule: 104, Arg: "libpaper.so.*", Head: 12},

		reference{Rule: 105, Arg: "libmysofa.so.*", Head: 13},

		reference{Rule: 106, Arg: "libpsl.so.*", Head: 10},

		reference{Rule: 107, Arg: "libxtables.so.*", Head: 14},

		reference{Rule: 109, Arg: "libnl-route-3.so.*", Head: 17},

		reference{Rule: 109, Arg: "libnl-3.so.*", Head: 11},

		reference{Rule: 110, Arg: "libwsutil.so.*", Head: 13},

		reference{Rule: 111, Arg: "libwrap.so.*", Head: 11},

		reference{Rule: 112, Arg: "libext2fs.so.*", Head: 13},

		reference{Rule: 113, Arg: "libdevmapper.so.*", Head: 16},

		reference{Rule: 113, Arg: "liblvm2cmd.so.*", Head: 14},

		reference{Rule: 114, Arg: "libfuse3.so.*", Head: 12},

		reference{Rule: 114, Arg: "libfuse.so.2"},

		reference{Rule: 115, Arg: "libparted.so.*", Head: 13},

		reference{Rule: 116, Arg: "libcryptsetup.so.*", Head: 17},

		reference{Rule: 117, Arg: "libblockdev.so.*", Head: 15},

		reference{Rule: 118, Arg: "libaudit.so.*", Head: 12},

		reference{Rule: 122, Arg: "libpci.so.*", Head: 10},

		reference{Rule: 124, Arg: "libsensors.so.*", Head: 14},

		reference{Rule: 125, Arg: "libnetsnmp.so.*", Head: 14},

		reference{Rule: 126, Arg: "libvdeplug.so.*", Head: 14},

		reference{Rule: 127, Arg: "libutempter.so.*", Head: 15},

		reference{Rule: 128, Arg: "libvirt.so.*", Head: 11},

		reference{Rule: 129, Arg: "libldb.so.*", Head: 10},

		reference{Rule: 130, Arg: "libapt-pkg.so.*", Head: 14},

		reference{Rule: 137, Arg: "libbfd-*.so", Head: 7, Tail: 3},

		reference{Rule: 137, Arg: "libbfd.so.*", Head: 10},

		reference{Rule: 138, Arg: "libgprofng.so.*", Head: 14},

		reference{Rule: 147, Arg: "libexpect*.so*", Head: 9},

		reference{Rule: 157, Arg: "lib*.so*", Head: 3},

		reference{Rule: 158, Arg: "libpython*.so.*", Head: 9},

		reference{Rule: 163, Arg: "libpython3.*.so.*", Head: 11},

		reference{Rule: 169, Arg: "libperl.so*", Head: 10},

		reference{Rule: 175, Arg: "libruby*.so.*", Head: 7},

		reference{Rule: 177, Arg: "libnode.so.*", Head: 11},

		reference{Rule: 181, Arg: "libphp*.so*", Head: 6},

		reference{Rule: 182, Arg: "libphp*.so*", Head: 6},

		reference{Rule: 185, Arg: "liblua*.so.*", Head: 6},

		reference{Rule: 186, Arg: "libtcl*.so*", Head: 6},

		reference{Rule: 187, Arg: "libtk[0-9]*.so*", Head: 10},

		reference{Rule: 187, Arg: "libtk*.so*", Head: 5},

		reference{Rule: 188, Arg: "libguile-*.so.*", Head: 9},

		reference{Rule: 189, Arg: "libR.so"},

		reference{Rule: 191, Arg: "libjli.so"},

		reference{Rule: 195, Arg: "libfontmanager.so"},

		reference{Rule: 204, Arg: "libchicken.so.*", Head: 14},

		reference{Rule: 206, Arg: "libecl.so.*", Head: 10},

		reference{Rule: 235, Arg: "librustc_driver-*.so", Head: 16, Tail: 3},

		reference{Rule: 236, Arg: "librustc_driver-*.so", Head: 16, Tail: 3},

		reference{Rule: 241, Arg: "libprotoc.so.*", Head: 13},

		reference{Rule: 242, Arg: "libcapnpc-*.so", Head: 10, Tail: 3},

		reference{Rule: 253, Arg: "libdovecot.so.*", Head: 14},

		reference{Rule: 255, Arg: "libmandb-*.so", Head: 9, Tail: 3},

		reference{Rule: 257, Arg: "libsystemd-shared-*.so", Head: 18, Tail: 3},

		reference{Rule: 259, Arg: "libsmbconf.so.0"},

		reference{Rule: 260, Arg: "libsmbconf.so.0"},

		reference{Rule: 261, Arg: "libsmbd-base*.so*", Head: 12},
	}},

	kindIndex{Kind: "main", List: []reference{
		reference{Rule: 21, Arg: "pam_open_session"},

		reference{Rule: 158, Arg: "Py_BytesMain"},

		reference{Rule: 158, Arg: "Py_Main"},

		reference{Rule: 159, Arg: "Py_BytesMain"},

		reference{Rule: 159, Arg: "Py_Main"},

		reference{Rule: 159, Arg: "pypy_main_startup"},

		reference{Rule: 161, Arg: "Py_BytesMain"},

		reference{Rule: 161, Arg: "Py_Main"},

		reference{Rule: 161, Arg: "pypy_main_startup"},

		reference{Rule: 165, Arg: "Py_BytesMain"},

		reference{Rule: 165, Arg: "Py_Main"},

		reference{Rule: 165, Arg: "pypy_main_startup"},

		reference{Rule: 168, Arg: "perl_run"},

		reference{Rule: 174, Arg: "ruby_run_node"},
	}},

	kindIndex{Kind: "rule", List: []reference{
		reference{Rule: 92, Arg: "imagemagick"},

		reference{Rule: 92, Arg: "graphicsmagick"},

		reference{Rule: 143, Arg: "perl"},

		reference{Rule: 143, Arg: "ruby"},

		reference{Rule: 143, Arg: "node"},

		reference{Rule: 143, Arg: "php"},

		reference{Rule: 143, Arg: "python"},

		reference{Rule: 143, Arg: "lua"},

		reference{Rule: 143, Arg: "tcl"},

		reference{Rule: 143, Arg: "guile"},

		reference{Rule: 143, Arg: "r"},

		reference{Rule: 143, Arg: "erlang"},

		reference{Rule: 170, Arg: "perl"},

		reference{Rule: 184, Arg: "php"},

		reference{Rule: 212, Arg: "git"},

		reference{Rule: 247, Arg: "postgres"},
	}},

	kindIndex{Kind: "define", List: []reference{
		reference{Rule: 108, Arg: "__iproute2_hz_internal"},

		reference{Rule: 134, Arg: "ps_pglobal_lookup"},

		reference{Rule: 135, Arg: "ps_pglobal_lookup"},

		reference{Rule: 177, Arg: "_ZN4node5StartEiPPc"},

		reference{Rule: 181, Arg: "php_module_startup"},

		reference{Rule: 182, Arg: "php_module_startup"},

		reference{Rule: 185, Arg: "lua_newstate"},

		reference{Rule: 185, Arg: "luaL_newstate"},

		reference{Rule: 196, Arg: "enif_alloc"},

		reference{Rule: 199, Arg: "caml_interprete"},

		reference{Rule: 223, Arg: "gmk_add_function"},

		reference{Rule: 244, Arg: "PostgresMain"},

		reference{Rule: 248, Arg: "_Z11mysqld_mainiPPc"},

		reference{Rule: 251, Arg: "ngx_cycle"},

		reference{Rule: 252, Arg: "ap_run_post_config"},
	}},

	kindIndex{Kind: "path", List: []reference{
		reference{Rule: 131, Arg: "**/aptsources/distro.py", Tail: 21},

		reference{Rule: 131, Arg: "**/distro_info.py", Tail: 15},

		reference{Rule: 156, Arg: "/etc/**", Head: 5},

		reference{Rule: 160, Arg: "**/typeshed/stdlib/builtins.pyi", Tail: 29},

		reference{Rule: 160, Arg: "**/typeshed/stdlib/VERSIONS", Tail: 25},

		reference{Rule: 162, Arg: "**/zoneinfo/_tzpath.py", Tail: 20},

		reference{Rule: 164, Arg: "**/ensurepip/__init__.py", Tail: 22},

		reference{Rule: 164, Arg: "**/virtualenv/seed/wheels/embed/__init__.py", Tail: 41},

		reference{Rule: 176, Arg: "**/sassc/native.rb", Tail: 16},

		reference{Rule: 200, Arg: "**/bin/ocaml", Tail: 10},

		reference{Rule: 200, Arg: "**/bin/ocamlc*"},

		reference{Rule: 200, Arg: "**/bin/ocamlopt*"},

		reference{Rule: 201, Arg: "**/bin/ocamlc*"},

		reference{Rule: 202, Arg: "**/bin/ocamlopt*"},

		reference{Rule: 211, Arg: "**/git-core/git-submodule", Tail: 23},

		reference{Rule: 211, Arg: "**/git-core/git-sh-setup", Tail: 22},

		reference{Rule: 211, Arg: "**/git-core/git-bisect", Tail: 20},

		reference{Rule: 218, Arg: "**/bin/*gnatmake*"},

		reference{Rule: 219, Arg: "**/lib*/gcc/*/*/cc1", Tail: 4},

		reference{Rule: 220, Arg: "**/lib*/gcc-cross/*/*/cc1", Tail: 4},

		reference{Rule: 221, Arg: "**/lib*/gcc-cross/*/*/cc1plus", Tail: 8},

		reference{Rule: 225, Arg: "**/bin/*-gcc-ar*"},

		reference{Rule: 225, Arg: "**/bin/*-gcc-nm*"},

		reference{Rule: 225, Arg: "**/bin/*-gcc-ranlib*"},

		reference{Rule: 226, Arg: "**/lib*/gcc/*/*/cc1plus", Tail: 8},

		reference{Rule: 227, Arg: "**/lib*/gcc/*/*/f951", Tail: 5},

		reference{Rule: 228, Arg: "**/lib*/gcc/*/*/d21", Tail: 4},

		reference{Rule: 229, Arg: "**/lib*/gcc/*/*/gnat1", Tail: 6},

		reference{Rule: 230, Arg: "**/lib*/gcc/*/*/cc1", Tail: 4},

		reference{Rule: 231, Arg: "**/lib*/gcc/*/*/cc1", Tail: 4},

		reference{Rule: 240, Arg: "**/fpc/*/ppc*"},
	}},

	kindIndex{Kind: "word", List: []reference{
		reference{Rule: 132, Arg: "Dpkg::Arch"},

		reference{Rule: 132, Arg: "Dpkg::Vendor"},

		reference{Rule: 132, Arg: "Dpkg::Control"},

		reference{Rule: 132, Arg: "Dpkg::Substvars"},

		reference{Rule: 133, Arg: "Debconf::"},

		reference{Rule: 149, Arg: "system("},

		reference{Rule: 149, Arg: "getline"},

		reference{Rule: 172, Arg: "perldiag.pod"},

		reference{Rule: 172, Arg: "diagnostics"},

		reference{Rule: 173, Arg: "Pod::Usage"},

		reference{Rule: 190, Arg: "R_HOME_DIR"},

		reference{Rule: 194, Arg: "/usr/lib/jvm/default-java"},

		reference{Rule: 196, Arg: "ERL_ROOTDIR"},

		reference{Rule: 197, Arg: "ELIXIR_ERL_OPTIONS"},

		reference{Rule: 203, Arg: "OCAMLFIND_CONF"},

		reference{Rule: 246, Arg: "PgCommon"},
	}},

	kindIndex{Kind: "always", List: []reference{
		reference{Rule: 140},
	}},

	kindIndex{Kind: "script", List: []reference{
		reference{Rule: 146, Arg: "sh"},

		reference{Rule: 146, Arg: "dash"},

		reference{Rule: 146, Arg: "ash"},

		reference{Rule: 146, Arg: "bash"},

		reference{Rule: 146, Arg: "ksh"},

		reference{Rule: 146, Arg: "zsh"},

		reference{Rule: 146, Arg: "mksh"},

		reference{Rule: 146, Arg: "busybox"},

		reference{Rule: 146, Arg: "make"},

		reference{Rule: 146, Arg: "gmake"},

		reference{Rule: 146, Arg: "awk"},

		reference{Rule: 146, Arg: "gawk"},

		reference{Rule: 146, Arg: "mawk"},

		reference{Rule: 146, Arg: "nawk"},

		reference{Rule: 146, Arg: "tclsh*", Head: 5},

		reference{Rule: 146, Arg: "wish*", Head: 4},

		reference{Rule: 146, Arg: "expect*", Head: 6},

		reference{Rule: 148, Arg: "make"},

		reference{Rule: 148, Arg: "gmake"},

		reference{Rule: 150, Arg: "sh"},

		reference{Rule: 150, Arg: "dash"},

		reference{Rule: 150, Arg: "ash"},

		reference{Rule: 150, Arg: "bash"},

		reference{Rule: 150, Arg: "ksh"},

		reference{Rule: 150, Arg: "zsh"},

		reference{Rule: 150, Arg: "mksh"},

		reference{Rule: 150, Arg: "busybox"},

		reference{Rule: 151, Arg: "perl*", Head: 4},

		reference{Rule: 151, Arg: "python*", Head: 6},

		reference{Rule: 151, Arg: "ruby*", Head: 4},

		reference{Rule: 151, Arg: "php*", Head: 3},

		reference{Rule: 152, Arg: "sh"},

		reference{Rule: 152, Arg: "dash"},

		reference{Rule: 152, Arg: "ash"},

		reference{Rule: 152, Arg: "bash"},

		reference{Rule: 152, Arg: "ksh"},

		reference{Rule: 152, Arg: "zsh"},

		reference{Rule: 152, Arg: "mksh"},

		reference{Rule: 152, Arg: "busybox"},

		reference{Rule: 152, Arg: "perl*", Head: 4},

		reference{Rule: 152, Arg: "python*", Head: 6},

		reference{Rule: 152, Arg: "ruby*", Head: 4},

		reference{Rule: 152, Arg: "php*", Head: 3},

		reference{Rule: 152, Arg: "tclsh*", Head: 5},

		reference{Rule: 152, Arg: "wish*", Head: 4},

		reference{Rule: 152, Arg: "lua*", Head: 3},

		reference{Rule: 152, Arg: "guile*", Head: 5},

		reference{Rule: 153, Arg: "sh"},

		reference{Rule: 153, Arg: "dash"},

		reference{Rule: 153, Arg: "ash"},

		reference{Rule: 153, Arg: "bash"},

		reference{Rule: 153, Arg: "ksh"},

		reference{Rule: 153, Arg: "zsh"},

		reference{Rule: 153, Arg: "mksh"},

		reference{Rule: 153, Arg: "busybox"},

		reference{Rule: 153, Arg: "perl*", Head: 4},

		reference{Rule: 153, Arg: "python*", Head: 6},

		reference{Rule: 153, Arg: "pypy*", Head: 4},

		reference{Rule: 153, Arg: "ruby*", Head: 4},

		reference{Rule: 153, Arg: "php*", Head: 3},

		reference{Rule: 153, Arg: "node"},

		reference{Rule: 153, Arg: "nodejs"},

		reference{Rule: 153, Arg: "bun"},

		reference{Rule: 153, Arg: "deno"},

		reference{Rule: 153, Arg: "lua*", Head: 3},

		reference{Rule: 153, Arg: "tclsh*", Head: 5},

		reference{Rule: 153, Arg: "wish*", Head: 4},

		reference{Rule: 153, Arg: "expect*", Head: 6},

		reference{Rule: 155, Arg: "*"},

		reference{Rule: 166, Arg: "python*", Head: 6},

		reference{Rule: 166, Arg: "pypy*", Head: 4},

		reference{Rule: 167, Arg: "python*", Head: 6},

		reference{Rule: 167, Arg: "pypy*", Head: 4},

		reference{Rule: 171, Arg: "perl*", Head: 4},

		reference{Rule: 178, Arg: "node"},

		reference{Rule: 178, Arg: "nodejs"},

		reference{Rule: 179, Arg: "node"},

		reference{Rule: 179, Arg: "nodejs"},

		reference{Rule: 179, Arg: "bun"},

		reference{Rule: 179, Arg: "deno"},

		reference{Rule: 180, Arg: "node"},

		reference{Rule: 180, Arg: "nodejs"},

		reference{Rule: 180, Arg: "bun"},

		reference{Rule: 180, Arg: "deno"},

		reference{Rule: 183, Arg: "php*", Head: 3},

		reference{Rule: 193, Arg: "sh"},

		reference{Rule: 193, Arg: "dash"},

		reference{Rule: 193, Arg: "ash"},

		reference{Rule: 193, Arg: "bash"},

		reference{Rule: 193, Arg: "ksh"},

		reference{Rule: 198, Arg: "sh"},

		reference{Rule: 198, Arg: "dash"},

		reference{Rule: 198, Arg: "ash"},

		reference{Rule: 198, Arg: "bash"},
	}},

	kindIndex{Kind: "start", List: []reference{
		reference{Rule: 154, Arg: "**"},

		reference{Rule: 208, Arg: "**"},

		reference{Rule: 213, Arg: "**/bin/git-*"},

		reference{Rule: 234, Arg: "**/clang++*"},

		reference{Rule: 245, Arg: "**/bin/*"},
	}},
}, Imports: []string{
	"Perl_call_argv",

	"Perl_call_pv",

	"Perl_call_sv",

	"Perl_eval_pv",

	"Perl_eval_sv",

	"Py_BytesMain",

	"Py_Main",

	"SSL_CTX_set_default_verify_dir",

	"SSL_CTX_set_default_verify_paths",

	"X509_STORE_set_default_paths",

	"_ZN13QMimeDatabaseC1Ev",

	"_ZN16QCoreApplication18applicationDirPathEv",

	"_ZN4QDir8homePathEv",

	"_ZN5clang7tooling9ClangTool3runEPNS0_10ToolActionE",

	"_ZN9QTimeZoneC1ERK10QByteArray",

	"_ZNSt13basic_filebufIcSt11char_traitsIcEE4openEPKcSt13_Ios_Openmode",

	"_ZNSt14basic_ifstreamIcSt11char_traitsIcEEC1EPKcSt13_Ios_Openmode",

	"_ZNSt14basic_ifstreamIcSt11char_traitsIcEEC1ERKNSt7__cxx1112basic_stringIcS1_SaIcEEESt13_Ios_Openmode",

	"_ZNSt6localeC1EPKc",

	"_ZNSt6localeC1ERKNSt7__cxx1112basic_stringIcSt11char_traitsIcESaIcEEE",

	"append_history",

	"attr_copy_fd",

	"attr_copy_file",

	"backtrace",

	"dlmopen",

	"dlopen",

	"execl",

	"execlp",

	"execv",

	"execve",

	"execvp",

	"fopen",

	"fopen64",

	"forkpty",

	"g_content_type_guess",

	"g_get_home_dir",

	"g_proxy_resolver_get_default",

	"g_settings_new",

	"g_settings_new_full",

	"g_settings_new_with_backend",

	"g_settings_new_with_path",

	"g_settings_schema_source_get_default",

	"g_socket_client_set_tls",

	"g_tls_backend_get_default",

	"g_tls_client_connection_new",

	"g_tls_server_connection_new",

	"getaddrinfo",

	"getgrent",

	"getgrgid",

	"getgrgid_r",

	"getgrnam",

	"getgrnam_r",

	"getgrouplist",

	"gethostbyaddr",

	"gethostbyaddr_r",

	"gethostbyname",

	"gethostbyname2",

	"gethostbyname2_r",

	"gethostbyname_r",

	"getnameinfo",

	"getprotobyname",

	"getprotobynumber",

	"getpt",

	"getpwent",

	"getpwnam",

	"getpwnam_r",

	"getpwuid",

	"getpwuid_r",

	"getservbyname",

	"getservbyname_r",

	"getservbyport",

	"getspnam",

	"getspnam_r",

	"gst_parse_launchv",

	"gst_registry_get_plugin_list",

	"iconv_open",

	"initgroups",

	"kpathsea_set_program_name",

	"kpse_set_program_name",

	"lckpwdf",

	"localtime",

	"localtime_r",

	"mkdtemp",

	"mkostemp",

	"mkostemp64",

	"mkostemps",

	"mkstemp",

	"mkstemp64",

	"mkstemps",

	"mkstemps64",

	"mktime",

	"newlocale",

	"open",

	"open64",

	"openat",

	"openat64",

	"opendir",

	"openpty",

	"pam_open_session",

	"perl_run",

	"popen",

	"posix_openpt",

	"posix_spawn",

	"posix_spawnp",

	"pthread_cancel",

	"pthread_exit",

	"putgrent",

	"putpwent",

	"putspent",

	"pypy_main_startup",

	"ruby_run_node",

	"sasl_setpass",

	"sd_hwdb_new",

	"setlocale",

	"soffice_main",

	"system",

	"tempnam",

	"tmpfile",

	"tmpfile64",

	"tmpnam",

	"tzset",

	"udev_hwdb_new",

	"wordexp",

	"write_history",

	"xdg_mime_get_mime_type_for_file",

	"xkb_keymap_new_from_names",

	"xkb_keymap_new_from_rmlvo",

	"xmlCatalogResolve",

	"xmlInitializeCatalog",

	"xmlLoadCatalog",

	"xmlLoadCatalogs",
}, Defines: []string{
	"PostgresMain",

	"Py_BytesMain",

	"Py_Main",

	"_Z11mysqld_mainiPPc",

	"_ZN4node5StartEiPPc",

	"__iproute2_hz_internal",

	"ap_run_post_config",

	"caml_interprete",

	"enif_alloc",

	"gmk_add_function",

	"luaL_newstate",

	"lua_newstate",

	"ngx_cycle",

	"pam_open_session",

	"perl_run",

	"php_module_startup",

	"ps_pglobal_lookup",

	"pypy_main_startup",

	"ruby_run_node",
}, Texts: []string{
	"\x00HOME\x00",

	"\x00sort -",

	"$ORIGIN/",

	"$VIMRUNTIME/defaults.vim",

	"%(cc1_options)",

	"-cc1as",

	"/bin/sh",

	"/bin/systemctl",

	"/etc/containers/policy.json",

	"/etc/ldap/slapd.conf",

	"/etc/localtime",

	"/etc/nsswitch.conf",

	"/etc/openldap/slapd.conf",

	"/etc/os-release",

	"/etc/passwd",

	"/etc/pki/tls/certs/ca-bundle.crt",

	"/etc/services",

	"/etc/ssl/certs/ca-certificates.crt",

	"/gnu/store/",

	"/home/",

	"/nix/store/",

	"/opt/",

	"/proc/self/exe",

	"/root/",

	"/snap/",

	"/srv/",

	"/usr/lib/os-release",

	"/usr/libexec/podman/conmon",

	"/usr/share/X11/xkb",

	"/usr/share/debconf/confmodule",

	"/usr/share/dpkg",

	"/usr/share/terminfo",

	"/usr/share/zoneinfo",

	"AWKLIBPATH",

	"America/Los_Angeles",

	"America/New_York",

	"Asia/Tokyo",

	"COLLECT_GCC_OPTIONS",

	"CSC_OPTIONS",

	"ESCRIPT_NAME",

	"Europe/Berlin",

	"Europe/London",

	"GNUPGHOME",

	"GROFF_COMMAND_PREFIX",

	"GROFF_TMAC_PATH",

	"MONO_CFG_DIR",

	"OCAMLFIND_CONF",

	"OCAMLLIB",

	"RUSTC_WORKSPACE_WRAPPER",

	"R_SCRIPT_DEFAULT_PACKAGES",

	"VALGRIND_LAUNCHER",

	"c++abi",

	"exec aarch64-linux-gnu-gcc",

	"exec cc",

	"exec gcc",

	"exec x86_64-linux-gnu-gcc",

	"jdk.compiler/",

	"jdk.javadoc/",

	"jdk.jdeps/",

	"jdk.jshell/",

	"ldc2.conf",

	"libhostfxr.so",

	"liblto_plugin.so",

	"libpipewire-module-protocol-native",

	"libvulkan.so.1",

	"nim.cfg",

	"ninja_required_version",

	"postgres (PostgreSQL)",

	"ppcross",

	"share/git-core/templates",

	"share/nvim/runtime/",

	"soffice.bin",

	"xdvipdfmx -q",
}, Words: []string{
	"/usr/lib/jvm/default-java",

	"Debconf::",

	"Dpkg::Arch",

	"Dpkg::Control",

	"Dpkg::Substvars",

	"Dpkg::Vendor",

	"ELIXIR_ERL_OPTIONS",

	"ERL_ROOTDIR",

	"OCAMLFIND_CONF",

	"PgCommon",

	"Pod::Usage",

	"R_HOME_DIR",

	"diagnostics",

	"get_program_path",

	"getline",

	"perldiag.pod",

	"system(",
}}

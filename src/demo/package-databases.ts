/** What the sample images hold: a line a package, as its distribution ships it. */
import { type ApkRow, type DpkgRow, packageJson } from '../test-support/package-databases.ts'

/** `name version [source [source-version]]` lines, the source version where it differs. */
export function dpkgRows(listing: string): DpkgRow[] {
  return cells(listing).map(([name = '', version = '', source, sourceVersion]) => ({
    name,
    version,
    ...(source === undefined
      ? {}
      : { source: sourceVersion === undefined ? source : `${source} (${sourceVersion})` }),
  }))
}

/** `name version [origin]` lines. */
export function apkRows(listing: string, arch: string): ApkRow[] {
  return cells(listing).map(([name = '', version = '', origin]) => ({
    name,
    version,
    arch,
    ...(origin === undefined ? {} : { origin }),
  }))
}

/** An npm package as it stands under node_modules. */
export function npmPackage(name: string, version: string): Record<string, string> {
  return { [`app/node_modules/${name}/package.json`]: packageJson(name, version) }
}

function cells(listing: string): string[][] {
  return listing
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
}

export const debian12 = `
adduser 3.134
apt 2.6.1
base-files 12.4+deb12u5
bash 5.2.15-2+b2 bash 5.2.15-2
bsdutils 1:2.38.1-5+b1 util-linux 2.38.1-5
ca-certificates 20230311
coreutils 9.1-1
curl 7.88.1-10+deb12u4
dash 0.5.12-2
debconf 1.5.82
debian-archive-keyring 2023.3+deb12u1
dpkg 1.21.22
findutils 4.9.0-4
gcc-12-base 12.2.0-14 gcc-12
gpgv 2.2.40-1.1 gnupg2
grep 3.8-5
gzip 1.12-1
libc-bin 2.36-9+deb12u3 glibc
libc6 2.36-9+deb12u3 glibc
libcurl4 7.88.1-10+deb12u4 curl
libexpat1 2.5.0-1 expat
libgcrypt20 1.10.1-3
libgnutls30 3.7.9-2 gnutls28
libgssapi-krb5-2 1.20.1-2+deb12u1 krb5
liblzma5 5.4.1-0.2 xz-utils
libpam0g 1.5.2-6+deb12u1 pam
libpcre2-8-0 10.42-1 pcre2
libsqlite3-0 3.40.1-2 sqlite3
libssl3 3.0.11-1~deb12u2 openssl
libsystemd0 252.19-1~deb12u1 systemd
libtasn1-6 4.19.0-2
libtinfo6 6.4-4 ncurses
libzstd1 1.5.4+dfsg2-5 libzstd
login 1:4.13+dfsg1-1+b1 shadow 1:4.13+dfsg1-1
ncurses-base 6.4-4 ncurses
openssl 3.0.11-1~deb12u2
perl-base 5.36.0-7+deb12u1 perl
sed 4.9-1
tar 1.34+dfsg-1.2
tzdata 2024a-0+deb12u1
util-linux 2.38.1-5+b1 util-linux 2.38.1-5
zlib1g 1:1.2.13.dfsg-1 zlib
`

export const debian11 = `
apt 2.2.4
base-files 11.1+deb11u8
bash 5.1-2+deb11u1
coreutils 8.32-4+b1 coreutils 8.32-4
curl 7.74.0-1.3+deb11u7
dpkg 1.20.12
gzip 1.10-4+deb11u1
libc-bin 2.31-13+deb11u6 glibc
libc6 2.31-13+deb11u6 glibc
libcurl4 7.74.0-1.3+deb11u7 curl
libexpat1 2.2.10-2+deb11u5 expat
libssl1.1 1.1.1n-0+deb11u4 openssl
openssl 1.1.1n-0+deb11u4
perl-base 5.32.1-4+deb11u2 perl
tar 1.34+dfsg-1
zlib1g 1:1.2.11.dfsg-2+deb11u2 zlib
`

export const ubuntu2204 = `
apt 2.4.9
base-files 12ubuntu4.3
bash 5.1-6ubuntu1
coreutils 8.32-4.1ubuntu1
dpkg 1.21.1ubuntu2.1
libc-bin 2.35-0ubuntu3.1 glibc
libc6 2.35-0ubuntu3.1 glibc
libgnutls30 3.7.3-4ubuntu1.2 gnutls28
libssl3 3.0.2-0ubuntu1.8 openssl
libsystemd0 249.11-0ubuntu3.9 systemd
openssl 3.0.2-0ubuntu1.8
perl-base 5.34.0-3ubuntu1.1 perl
python3.10-minimal 3.10.6-1~22.04.2 python3.10
tar 1.34+dfsg-1ubuntu0.1.22.04.1
zlib1g 1:1.2.11.dfsg-2ubuntu9.2 zlib
`

export const alpine318 = `
alpine-baselayout 3.4.3-r1
alpine-baselayout-data 3.4.3-r1 alpine-baselayout
alpine-keys 2.4-r1
apk-tools 2.14.0-r2
busybox 1.36.1-r2
busybox-binsh 1.36.1-r2 busybox
ca-certificates-bundle 20230506-r0 ca-certificates
libc-utils 0.7.2-r5 libc-dev
libcrypto3 3.1.2-r0 openssl
libssl3 3.1.2-r0 openssl
musl 1.2.4-r1
musl-utils 1.2.4-r1 musl
scanelf 1.3.7-r1 pax-utils
ssl_client 1.36.1-r2 busybox
zlib 1.2.13-r1
`

export const alpine319 = `
alpine-baselayout 3.4.3-r2
apk-tools 2.14.0-r5
busybox 1.36.1-r15
libcrypto3 3.1.4-r5 openssl
libssl3 3.1.4-r5 openssl
musl 1.2.4_git20230717-r4
ssl_client 1.36.1-r15 busybox
zlib 1.3.1-r0
`

// Which time zone the reader is in: days and fields for times are written in it.
const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
if (zone && !document.cookie.includes(`keva-zone=${zone}`)) {
  const secure = location.protocol === "https:" ? "; secure" : "";
  document.cookie = `keva-zone=${zone}; path=/; max-age=31536000; samesite=lax${secure}`;
}

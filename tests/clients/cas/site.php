<?php
// A page whose log-in is phpCAS, as its documentation sets it up; for `php -S`.
require_once 'CAS/CAS.php';

$server = parse_url(getenv('CAS_SERVER'));
$base = getenv('CAS_SERVER');
phpCAS::client(
    getenv('CAS_VERSION'),
    $server['host'],
    $server['port'],
    $server['path'],
    'http://' . $_SERVER['HTTP_HOST']
);
// It asks over https unless it is told all URLs.
phpCAS::setServerLoginURL("$base/login?service=" . urlencode(phpCAS::getServiceURL()));
phpCAS::setServerServiceValidateURL("$base/serviceValidate");
phpCAS::setServerProxyValidateURL("$base/proxyValidate");
if (getenv('CAS_VERSION') === CAS_VERSION_3_0) {
    phpCAS::setServerServiceValidateURL("$base/p3/serviceValidate");
}
phpCAS::setServerLogoutURL("$base/logout");
phpCAS::setNoCasServerValidation();
phpCAS::handleLogoutRequests(true, ['127.0.0.1', 'localhost']);
phpCAS::forceAuthentication();
if ($_SERVER['PATH_INFO'] ?? '' === '/logout') {
    phpCAS::logout();
}
$mail = phpCAS::hasAttribute('email') ? phpCAS::getAttribute('email') : '';
echo 'user=', phpCAS::getUser(), ' mail=', $mail;

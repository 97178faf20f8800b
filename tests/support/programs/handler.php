<?php
//SHIFT
namespace App\Billing;
final class Declined extends \RuntimeException {}
function charge(string $id, int $cents): void {
    if ($cents < 0) throw new Declined("charge of $id is negative");
    //SHIFT
    if ($cents > 100) throw new Declined("charge of $id is too large");
    $x = [1]; $y = "a" . ($x + 1);
}
set_exception_handler($argv[3] ?? '' ? function (\Throwable $e) { fprintf(STDERR, "[%s] production.ERROR: %s {\"exception\":\"[object] (%s(code: %d): %s at %s:%d)\n[stacktrace]\n%s\n\"} \n", date('Y-m-d H:i:s'), $e->getMessage(), get_class($e), $e->getCode(), $e->getMessage(), $e->getFile(), $e->getLine(), $e->getTraceAsString()); } : null);
//SHIFT
$how = ['neg' => -1, 'large' => 500, 'ops' => 5][$argv[1]];
charge($argv[2], $how);

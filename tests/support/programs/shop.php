<?php
require_once '/usr/share/php/Monolog/autoload.php';
//SHIFT
namespace_test();
function namespace_test() {}
class OutOfStock extends DomainException {}
class Basket {
    private array $rows = [];
    public function add(string $id, string $how): int {
        //SHIFT
        if ($how === 'stock') throw new OutOfStock("item $id is out of stock");
        if ($how === 'closed') throw new OutOfStock("basket of $id is closed");
        //SHIFT
        if ($how === 'type') return $this->count($id);
        if ($how === 'null') { $x = null; return $x->total(); }
        if ($how === 'wrap') { try { $this->add($id, 'stock'); } catch (OutOfStock $e) { throw new RuntimeException("cannot add $id", 7, $e); } }
        if ($how === 'div') return intdiv(strlen($id), 0);
        return undefined_function_x($id);
    }
    private function count(int $n): int { return $n; }
}
//SHIFT
[$_, $how, $id] = $argv; $mode = $argv[3] ?? '';
$run = function () use ($how, $id) { return (new Basket)->add($id, $how); };
if ($mode === 'monolog' || $mode === 'monologjson') {
    $handler = new Monolog\Handler\StreamHandler('php://stderr');
    $formatter = $mode === 'monolog' ? new Monolog\Formatter\LineFormatter(null, null, true, true) : new Monolog\Formatter\JsonFormatter();
    $formatter->includeStacktraces(true);
    $handler->setFormatter($formatter);
    $log = new Monolog\Logger('shop', [$handler]);
    try { $run(); } catch (Throwable $e) { $log->error("request for $id failed", ['exception' => $e]); }
} elseif ($mode === 'errorlog') {
    //SHIFT
    try { array_map($run, [1]); } catch (Throwable $e) { error_log((string) $e); }
} else { $run(); }

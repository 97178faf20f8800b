require 'time'
#SHIFT
class Importer
  Broken = Class.new(RuntimeError)
  def row(line)
    #SHIFT
    raise Broken, "row #{line} is empty" if line.start_with?('4') || line.start_with?('8')
    raise Broken, "row #{line} has a bad key"
  end
  def each(id)
    [id].each do |r|
      yield r
    end
  end
  #SHIFT
  def run(what, id)
    case what
    when 'row' then each(id) { |r| row('4' + r) }
    when 'key' then each(id) { |r| row('k' + r) }
    when 'int' then Integer("x#{id}")
    when 'frozen' then 'a'.freeze << id
    when 'time' then Time.iso8601(id)
    when 'cause' then begin; row('4' + id); rescue => e; raise "import of #{id} stopped"; end
    end
  end
end
#SHIFT
what, id, mode = ARGV
if mode == 'rails'
  begin; Importer.new.run(what, id); rescue => e; $stderr.puts "F, [2026-11-22T10:00:00.123456 ##{$$}] FATAL -- : [1b2c] \nF, [2026-11-22T10:00:00.123456 ##{$$}] FATAL -- : [1b2c] #{e.class} (#{e.message}):\n  \n#{e.backtrace.join("\n")}"; end
else
  Importer.new.run(what, id)
end

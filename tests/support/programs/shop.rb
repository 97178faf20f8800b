require 'logger'
require 'json'
#SHIFT
module Shop
  class Conflict < StandardError; end
  class Cart
    def add(id, how)
      #SHIFT
      raise Conflict, "cart #{id} was changed" if how == 'conflict'
      raise Conflict, "cart #{id} is sealed" if how == 'sealed'
      #SHIFT
      return nil.size_of(id) if how == 'nil'
      return JSON.parse("{#{id}") if how == 'json'
      return { a: 1 }.fetch(id) if how == 'fetch'
      begin
        add(id, 'conflict')
      rescue Conflict
        raise ArgumentError, "cannot wrap #{id}"
      end
    end
  end
end
#SHIFT
how, id, mode = ARGV
case mode
when 'logger'
  begin
    Shop::Cart.new.add(id, how)
  rescue StandardError => e
    Logger.new($stderr).error(e)
  end
when 'full'
  begin
    [1].each { |_| Shop::Cart.new.add(id, how) }
  rescue StandardError => e
    $stderr.puts e.full_message(highlight: false)
  end
when 'thread'
  #SHIFT
  Thread.new { Shop::Cart.new.add(id, how) }.join
else
  Shop::Cart.new.add(id, how)
end

#SHIFT
TENANTS = { 'base' => { name: 'base' } }

class StoreError < StandardError; end
#SHIFT
def order(site, id)
  raise ArgumentError, "order #{id} not found" if site == 'a'
  #SHIFT
  raise ArgumentError, "order #{id} is locked"
end

def parse(site, id)
  if site == 'a'
    raise "cannot parse header of item #{id}"
  end
  #SHIFT
  raise "cannot parse footer of item #{id}"
end

def connect(id)
  raise IOError, "connection to 10.0.0.#{id.size}:5432 refused"
end

def save(site, id)
  connect(id)
rescue IOError
  #SHIFT
  raise StoreError, "could not load user #{id}" if site == 'a'
  raise StoreError, "could not save user #{id}"
end

def runtime(site, id)
  tenant = TENANTS[id]
  return tenant.fetch(:name) if site == 'a'
  #SHIFT
  tenant.dig(:address)
end

def named(site, id)
  #SHIFT
  raise id if site == 'a'
  raise "unknown tenant #{id}"
end
#SHIFT
def main(what, site, id)
  send(what, site, id)
end
main(*ARGV)

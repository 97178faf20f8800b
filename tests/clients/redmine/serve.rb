# SPDX-License-Identifier: GPL-3.0-or-later
# Debian's Redmine on loopback with a database of the test's own (DATABASE_URL), one project, and its interface opened.
# usage: serve.rb PORT; prints "KEY <the administrator's key>", and serves until it is ended.
ENV['RAILS_ENV'] = 'production'
require 'webrick'
require '/usr/share/redmine/config/environment'
Setting.rest_api_enabled = '1'
Setting.host_name = "127.0.0.1:#{ARGV[0]}"
admin = User.find_by(admin: true)
admin.update_columns(must_change_passwd: false)
Project.find_by(identifier: 'weather') ||
  Project.create!(name: 'Weather', identifier: 'weather', tracker_ids: Tracker.pluck(:id), enabled_module_names: ['issue_tracking'])
puts "KEY #{admin.api_key}"
$stdout.flush
Rack::Handler::WEBrick.run Rails.application, Host: '127.0.0.1', Port: ARGV[0].to_i, AccessLog: [],
                                              Logger: WEBrick::Log.new($stderr, WEBrick::Log::WARN)

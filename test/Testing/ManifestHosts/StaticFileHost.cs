using Gateway.Testing.Processes;

namespace Gateway.Testing.ManifestHosts;

/// <summary>The programs with which the guide hosts its status manifest.</summary>
public sealed class StaticFileHost : IAsyncDisposable
{
    private readonly ChildProcess process;
    private readonly TempFolder folder;

    private StaticFileHost(ChildProcess process, TempFolder folder, int port)
    {
        this.process = process;
        this.folder = folder;
        Origin = $"http://127.0.0.1:{port}";
    }

    public string Origin { get; }

    /// <summary>What it has logged, requests included.</summary>
    public string Output => process.AllOutput;

    /// <summary><c>python3 -m http.server</c>: HTTP/1.0 with Last-Modified.</summary>
    public static async Task<StaticFileHost> PythonAsync(string json, string name = "status.json")
    {
        var python = ExternalTool.Require("python3");
        var folder = new TempFolder();
        folder.Write(name, json);
        var port = FreePort.Next();
        var process = ChildProcess.Start(python, ["-u", "-m", "http.server", $"{port}", "--bind", "127.0.0.1", "--directory", folder.Path]);
        return await new StaticFileHost(process, folder, port).ReadyAsync(name);
    }

    /// <summary>nginx with the guide's server block; only the port and the folder are ours.</summary>
    public static async Task<StaticFileHost> NginxAsync(string json)
    {
        var nginx = ExternalTool.Require("nginx");
        var folder = new TempFolder();
        folder.Write("www/status.json", json);
        var port = FreePort.Next();
        var configuration = folder.Write("nginx.conf", $$"""
            {{(Environment.UserName == "root" ? "user root;" : "")}}
            daemon off;
            worker_processes 1;
            pid {{folder.File("nginx.pid")}};
            error_log {{folder.File("error.log")}};
            events { }
            http {
                access_log {{folder.File("access.log")}};
                client_body_temp_path {{folder.File("body")}};
                proxy_temp_path {{folder.File("proxy")}};
                fastcgi_temp_path {{folder.File("fastcgi")}};
                uwsgi_temp_path {{folder.File("uwsgi")}};
                scgi_temp_path {{folder.File("scgi")}};
            server {
            listen {{port}};
            server_name status.yourdomain.com;
            location / {
            root {{folder.File("www")}};
            add_header Content-Type application/json;
            add_header Access-Control-Allow-Origin *;
            }
            }
            }
            """);
        var process = ChildProcess.Start(nginx, ["-c", configuration, "-p", folder.Path]);
        return await new StaticFileHost(process, folder, port).ReadyAsync("status.json");
    }

    /// <param name="modified">Null: now.</param>
    public void Write(string name, string json, DateTime? modified = null)
    {
        var path = folder.Write(name, json);
        if (modified is { } time)
        {
            System.IO.File.SetLastWriteTimeUtc(path, time);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited)
        {
            // SIGTERM lets nginx end its worker too.
            await process.StopAsync();
        }

        await process.DisposeAsync();
        folder.Dispose();
    }

    private async Task<StaticFileHost> ReadyAsync(string name)
    {
        using var client = new HttpClient();
        await Eventually.TrueAsync(
            async () =>
            {
                if (process.HasExited)
                {
                    throw new InvalidOperationException($"The file server ended:\n{Output}");
                }

                try
                {
                    using var answer = await client.GetAsync($"{Origin}/{name}");
                    return answer.IsSuccessStatusCode;
                }
                catch (HttpRequestException)
                {
                    return false;
                }
            },
            "the file server answers");
        return this;
    }
}

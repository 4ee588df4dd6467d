using System.Text.Json;

namespace Scoring.Server.Hosting;

/// <summary>Tells programs where the server listens, for those that let it take free ports.</summary>
internal static class PortsFile
{
    /// <summary>Writes the file in one step, so that whoever sees it sees all of it.</summary>
    public static void Write(string path, Uri grpc, Uri http)
    {
        var text = JsonSerializer.Serialize(
            new Dictionary<string, object>
            {
                ["grpc"] = grpc.GetLeftPart(UriPartial.Authority),
                ["http"] = http.GetLeftPart(UriPartial.Authority),
                ["pid"] = Environment.ProcessId,
            }
        );
        var unfinished = $"{path}.{Environment.ProcessId}.tmp";
        File.WriteAllText(unfinished, text + "\n");
        File.Move(unfinished, path, overwrite: true);
    }
}

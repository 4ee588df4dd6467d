using Scoring.Server.Settings;
using Scoring.Server.Settings.Values;

namespace Scoring.Server.Access;

/// <summary>The file of the key that may do everything, with which others are created.</summary>
internal static class AdminKeyFile
{
    private const string Id = "admin";

    /// <summary>Reads the file, or makes it with a new key.</summary>
    /// <param name="path">The file; null is given for an empty one.</param>
    /// <exception cref="SettingException">It holds no such key, or cannot be read or made.</exception>
    public static StoredKey? Load(string path)
    {
        if (path.Length == 0)
        {
            return null;
        }
        try
        {
            if (!File.Exists(path))
            {
                Make(path);
            }
            return KeyText.TryRead(File.ReadAllText(path).Trim(), out var id, out var hash) && id == Id
                ? KeyOf(hash)
                : throw new SettingException(
                    $"Setting Scoring:AdminKeyFile: {path} does not hold such a key, {KeyText.Prefix}{Id}_ and 43 characters. Remove it, and a new one is made."
                );
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new SettingException($"Setting Scoring:AdminKeyFile: {error.Message}");
        }
    }

    private static void Make(string path)
    {
        // Not seen by anybody before it is whole; servers that start together all take the one that is there first.
        var draft = $"{path}.{Environment.ProcessId}.tmp";
        File.WriteAllText(draft, KeyText.New(Id, out _) + "\n");
        try
        {
            File.Move(draft, path);
        }
        catch (IOException) when (File.Exists(path))
        {
            File.Delete(draft);
        }
    }

    private static StoredKey KeyOf(byte[] hash) =>
        new()
        {
            Id = Id,
            Hash = hash,
            Owner = "AdminKeyFile",
            Grants = [AccessGrant.All.ToString()],
        };
}
